import DunlinCredentials

/// All that is to happen in one run, written out: the seed that made it is no longer needed to understand it,
/// and any step can be left out without changing the others.
public struct Plan: Hashable, Sendable {
    /// One thing to do at one time.
    public struct Step: Hashable, Sendable {
        /// Milliseconds from the beginning.
        public var time: Int
        /// Seeds what the action leaves open.
        public var draw: UInt64
        /// What is done.
        public var action: Action

        /// A step of these fields.
        public init(time: Int, draw: UInt64, action: Action) {
            self.time = time
            self.draw = draw
            self.action = action
        }
    }

    /// What is done. Peers are numbered from 0, which founds the space; times are in milliseconds.
    public enum Action: Hashable, Sendable {
        case invite(host: Int, guest: Int, role: Role, mistakes: Int)
        /// The guest becomes a device of the host's identity.
        case addDevice(host: Int, guest: Int, mistakes: Int)
        /// One transaction that makes two objects, each of which names the other.
        case makePair(peer: Int)
        /// Adds to a counter, writes a register, and edits a text of an object.
        case edit(peer: Int)
        /// An object that says what its writer saw of another.
        case witness(peer: Int)
        case delete(peer: Int)
        case checkpoint(peer: Int)
        case partition(group: [Int], lasting: Int)
        case block(from: Int, to: Int, lasting: Int)
        case crash(peer: Int, off: Int)
        /// The power fails in the middle of a write to come.
        case tear(peer: Int, operations: Int, off: Int)
        case fillDisk(peer: Int, lasting: Int)
        case skewClock(peer: Int, by: Int)
        /// An admin takes a member out, with all its devices; the founder stays, so that somebody does.
        case remove(peer: Int, member: Int)
        case setRole(peer: Int, member: Int, role: Role)
        /// A member with a program of its own writes what its role does not allow.
        case trespass(peer: Int)
        /// A member who may not do so lets a stranger in.
        case smuggle(peer: Int)
    }

    /// Seeds the village: keys, latencies, and what the actions leave open.
    public var seed: UInt64
    /// Peers at the beginning; strangers come on top.
    public var peerCount: Int
    /// Peers that come without an identity, to be further devices of others; in order, and never peer 0.
    public var furtherDevices: [Int]
    /// Whether there is a rendezvous; it has the number after the last peer. Else all know each other's
    /// addresses.
    public var hasRendezvous: Bool
    /// What connections suffer while things go wrong.
    public var network: NetworkConditions
    /// By time.
    public var steps: [Step]

    /// A plan of these fields.
    public init(
        seed: UInt64, peerCount: Int, furtherDevices: [Int] = [], hasRendezvous: Bool = false,
        network: NetworkConditions, steps: [Step]
    ) {
        self.seed = seed
        self.peerCount = peerCount
        self.furtherDevices = furtherDevices
        self.hasRendezvous = hasRendezvous
        self.network = network
        self.steps = steps
    }

    /// The end of the time in which things go wrong, in milliseconds.
    public static let faultTime = 60_000
}
