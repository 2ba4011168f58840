import DunlinSpaces

/// What happened at which peer and when, for people to look at.
public struct Timeline: Sendable {
    /// What can happen.
    public enum Kind: Hashable, Sendable {
        case crashed
        case restarted
        case diskFull
        case diskFreed
        case clockSet
        case blocked(to: Int)
        case unblocked(to: Int)
        case edited
        case applied
        case connected
        case disconnected
        case admitted
        case note(String)
    }

    /// Something that happened.
    public struct Entry: Hashable, Sendable {
        /// From the beginning of the run.
        public var time: Duration
        /// Where it happened.
        public var peer: Int
        /// What happened.
        public var kind: Kind
    }

    /// What happened, in order.
    public private(set) var entries: [Entry] = []
    /// Nothing is kept unless this is set: most runs are never looked at.
    public var isRecording = false

    /// A timeline on which nothing happened.
    public init() {}

    /// Notes something, if the timeline is recording.
    public mutating func add(_ kind: Kind, peer: Int, at time: Duration) {
        if isRecording { entries.append(Entry(time: time, peer: peer, kind: kind)) }
    }

    mutating func add(_ event: PeerEvent, peer: Int, at time: Duration) {
        guard isRecording else { return }
        switch event {
        case .objectsChanged, .ownedObjectsChanged: add(.applied, peer: peer, at: time)
        case .connected: add(.connected, peer: peer, at: time)
        case .disconnected: add(.disconnected, peer: peer, at: time)
        case .join(_, .admitted): add(.admitted, peer: peer, at: time)
        case .join(_, .failed(let error)): add(.note("join failed: \(error)"), peer: peer, at: time)
        case .invitation(_, .failed(let error)): add(.note("invitation: \(error)"), peer: peer, at: time)
        case .invitation(_, .attemptFailed(let left)):
            add(.note("\(left) attempts left"), peer: peer, at: time)
        case .excluded(_, let error): add(.note("excluded: \(error)"), peer: peer, at: time)
        case .membersChanged, .progress, .rendezvous, .invitation, .join, .arrived, .letter: break
        }
    }
}
