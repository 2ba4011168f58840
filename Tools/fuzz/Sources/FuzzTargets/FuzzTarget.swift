import DunlinCausality
import DunlinEncoding

/// A decoder or state machine that takes bytes from outside.
///
/// Running one must end without a trap for any input; what it accepts must satisfy the properties that it
/// states.
public enum FuzzTarget: String, CaseIterable, Sendable {
    case cbor, compressed, graph, versions, change, object, document, transaction, text, savedText, list, map
    case savedList, savedMap, objectUpdate, savedObject
    case credential, keyring, words, bases, json, snapshot, envelope
    case slice, replication, connection, frames, rendezvous
    case host, guest, proofHost, proofGuest, parts, ticket, peer, arrival, presentation, card

    public func run(_ input: [UInt8]) {
        switch self {
        case .cbor: EncodingTargets.cbor(input)
        case .compressed: EncodingTargets.compressed(input)
        case .graph: EncodingTargets.graph(input)
        case .versions: EncodingTargets.versions(input)
        case .bases: EncodingTargets.bases(input)
        case .change: ObjectTargets.change(input)
        case .object: ObjectTargets.object(input)
        case .document: ObjectTargets.document(input)
        case .transaction: SpaceTargets.transaction(input)
        case .text: TextTargets.text(input)
        case .savedText: TextTargets.savedText(input)
        case .list: CollectionTargets.list(input)
        case .map: CollectionTargets.map(input)
        case .savedList: CollectionTargets.savedList(input)
        case .savedMap: CollectionTargets.savedMap(input)
        case .objectUpdate: ObjectTargets.objectUpdate(input)
        case .savedObject: ObjectTargets.savedObject(input)
        case .json: ObjectTargets.json(input)
        case .snapshot: SpaceTargets.snapshot(input)
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
        case .proofHost: ProofTargets.host(input)
        case .proofGuest: ProofTargets.guest(input)
        case .parts: ProofTargets.parts(input)
        case .ticket: InvitationTargets.ticket(input)
        case .peer: InvitationTargets.peer(input)
        case .card: CardTargets.card(input)
        case .arrival: ArrivalTargets.arrival(input)
        case .presentation: KeyTargets.presentation(input)
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
        case .change: ObjectTargets.changeSeeds
        case .object: ObjectTargets.objectSeeds
        case .document: ObjectTargets.documentSeeds
        case .transaction: SpaceTargets.transactionSeeds
        case .text: TextTargets.textSeeds
        case .savedText: TextTargets.savedTextSeeds
        case .list: CollectionTargets.listSeeds
        case .map: CollectionTargets.mapSeeds
        case .savedList: CollectionTargets.savedListSeeds
        case .savedMap: CollectionTargets.savedMapSeeds
        case .objectUpdate: ObjectTargets.objectUpdateSeeds
        case .savedObject: ObjectTargets.savedObjectSeeds
        case .json: ObjectTargets.jsonSeeds
        case .snapshot: SpaceTargets.snapshotSeeds
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
        case .proofHost: ProofTargets.hostSeeds
        case .proofGuest: ProofTargets.guestSeeds
        case .parts: ProofTargets.partSeeds
        case .ticket: InvitationTargets.ticketSeeds
        case .peer: InvitationTargets.peerSeeds
        case .card: CardTargets.seeds
        case .arrival: ArrivalTargets.arrivalSeeds
        case .presentation: KeyTargets.presentationSeeds
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

/// The bytes with the checksum that fits them instead of the last eight: what is behind it is reached.
func forged(_ bytes: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.raw(Array(bytes.dropLast(8)))
    writer.endWithChecksum()
    return writer.bytes
}

func joined(_ messages: [[UInt8]]) -> [UInt8] {
    messages.flatMap { [UInt8($0.count >> 8 & 0xff), UInt8($0.count & 0xff)] + $0 }
}

/// Seeds are made from sound parts: what fails here is a mistake in this tool.
func made<T, E: Error>(_ body: () throws(E) -> T) -> T {
    do { return try body() } catch { preconditionFailure("a seed could not be made: \(error)") }
}

/// The writer of a seed.
func replica(_ number: UInt8) -> ReplicaID {
    ReplicaID(raw: Bytes32([UInt8](repeating: number, count: 32)) ?? Bytes32())
}
