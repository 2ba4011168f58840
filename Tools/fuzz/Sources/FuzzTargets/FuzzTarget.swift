/// A decoder or state machine that takes bytes from outside.
///
/// Running one must end without a trap for any input; what it accepts must satisfy the properties that it
/// states.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case cbor, compressed, graph, versions, change, object, document, transaction, text, savedText, list, map
    case savedList, savedMap, objectUpdate, savedObject
    case credential, keyring, words, bases, json, snapshot, envelope
    case slice, replication, connection, frames, rendezvous
    case host, guest, ticket, peer

    public func run(_ input: [UInt8]) {
        switch self {
        case .cbor: EncodingTargets.cbor(input)
        case .compressed: EncodingTargets.compressed(input)
        case .graph: EncodingTargets.graph(input)
        case .versions: EncodingTargets.versions(input)
        case .bases: EncodingTargets.bases(input)
        case .change: DataTargets.change(input)
        case .object: DataTargets.object(input)
        case .document: DataTargets.document(input)
        case .transaction: DataTargets.transaction(input)
        case .text: DataTargets.text(input)
        case .savedText: DataTargets.savedText(input)
        case .list: DataTargets.list(input)
        case .map: DataTargets.map(input)
        case .savedList: DataTargets.savedList(input)
        case .savedMap: DataTargets.savedMap(input)
        case .objectUpdate: DataTargets.objectUpdate(input)
        case .savedObject: DataTargets.savedObject(input)
        case .json: DataTargets.json(input)
        case .snapshot: DataTargets.snapshot(input)
        case .credential: KeyTargets.credential(input)
        case .keyring: KeyTargets.keyring(input)
        case .words: KeyTargets.words(input)
        case .envelope: KeyTargets.envelope(input)
        case .slice: WireTargets.slice(input)
        case .replication: WireTargets.replication(input)
        case .connection: WireTargets.connection(input)
        case .frames: WireTargets.frames(input)
        case .rendezvous: WireTargets.rendezvous(input)
        case .host: InvitationTargets.host(input)
        case .guest: InvitationTargets.guest(input)
        case .ticket: InvitationTargets.ticket(input)
        case .peer: InvitationTargets.peer(input)
        }
    }

    /// Inputs that honest code makes.
    public func seeds() -> [[UInt8]] {
        switch self {
        case .cbor: EncodingTargets.cborSeeds
        case .compressed: EncodingTargets.compressedSeeds
        case .graph: EncodingTargets.graphSeeds
        case .versions: EncodingTargets.versionSeeds
        case .bases: EncodingTargets.baseSeeds
        case .change: DataTargets.changeSeeds
        case .object: DataTargets.objectSeeds
        case .document: DataTargets.documentSeeds
        case .transaction: DataTargets.transactionSeeds
        case .text: DataTargets.textSeeds
        case .savedText: DataTargets.savedTextSeeds
        case .list: DataTargets.listSeeds
        case .map: DataTargets.mapSeeds
        case .savedList: DataTargets.savedListSeeds
        case .savedMap: DataTargets.savedMapSeeds
        case .objectUpdate: DataTargets.objectUpdateSeeds
        case .savedObject: DataTargets.savedObjectSeeds
        case .json: DataTargets.jsonSeeds
        case .snapshot: DataTargets.snapshotSeeds
        case .credential: KeyTargets.credentialSeeds
        case .keyring: KeyTargets.keyringSeeds
        case .words: KeyTargets.wordSeeds
        case .envelope: KeyTargets.envelopeSeeds
        case .slice: WireTargets.sliceSeeds
        case .replication: WireTargets.replicationSeeds
        case .connection: WireTargets.connectionSeeds
        case .frames: WireTargets.frameSeeds
        case .rendezvous: WireTargets.rendezvousSeeds
        case .host: InvitationTargets.hostSeeds
        case .guest: InvitationTargets.guestSeeds
        case .ticket: InvitationTargets.ticketSeeds
        case .peer: InvitationTargets.peerSeeds
        }
    }
}

/// Cuts an input into messages: a length of two bytes before each; the last may be short.
func messages(_ input: [UInt8]) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var rest = input[...]
    while rest.count >= 2, messages.count < 64 {
        let count = Int(rest[rest.startIndex]) << 8 | Int(rest[rest.startIndex + 1])
        rest = rest.dropFirst(2)
        messages.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
    }
    return messages
}

func joined(_ messages: [[UInt8]]) -> [UInt8] {
    messages.flatMap { [UInt8($0.count >> 8 & 0xff), UInt8($0.count & 0xff)] + $0 }
}

/// Seeds are made from sound parts: what fails here is a mistake in this tool.
func made<T, E: Error>(_ body: () throws(E) -> T) -> T {
    do { return try body() } catch { preconditionFailure("a seed could not be made: \(error)") }
}
