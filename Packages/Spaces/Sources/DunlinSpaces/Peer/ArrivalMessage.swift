import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// What a device that has a space's secret, and nothing else of it, and a member say to each other on channel
/// 2 of their link.
/// - Source: `Docs/Spec/Arrivals.md`.
enum ArrivalMessage: Sendable {
    /// The signature is the identity's own, over the handshake's hash: for who is not let in yet.
    case request(identity: IdentityID?, proof: Signature?)
    /// From the genesis on, parents first.
    case credentials([AdmissionBundle.Entry], isLast: Bool)
    /// A device.admit that the identity itself has signed.
    case admission([UInt8])
    case accepted
    /// The sender does not know the receiver; it knows what these heads say, from its genesis on. Of a
    /// genesis that the identity itself has signed the bytes are given, too.
    case unknown(heads: [CredentialID], genesis: CredentialID?, founding: [UInt8]? = nil)
    /// The next credentials are asked for.
    case more
    /// By this credential the sender was let in; it has all that follows from these heads.
    case shown(admission: [UInt8], heads: [CredentialID])

    /// Heads that are named.
    static let headLimit = 64

    /// Bytes of credentials in one message.
    static let partByteLimit = 256 << 10

    func encoded() -> [UInt8] {
        let items: [CBORValue]
        switch self {
        case .request(let identity?, let proof?):
            items = [.unsigned(0), identity.encodedValue, proof.encodedValue]
        case .request: items = [.unsigned(0)]
        case .credentials(let entries, let isLast):
            let listed = entries.map { entry -> CBORValue in
                .array([entry.feed.encodedValue, .unsigned(entry.sequence), .bytes(entry.credential)])
            }
            items = [.unsigned(1), .bool(isLast), .array(listed)]
        case .admission(let credential): items = [.unsigned(2), .bytes(credential)]
        case .accepted: items = [.unsigned(3)]
        case .unknown(let heads, let genesis, let founding):
            items =
                [.unsigned(4), .array(heads.map(\.encodedValue))]
                + [genesis?.encodedValue, founding.map { .bytes($0) }].compactMap { $0 }
        case .more: items = [.unsigned(5)]
        case .shown(let admission, let heads):
            items = [.unsigned(6), .bytes(admission), .array(heads.map(\.encodedValue))]
        }
        return CBORValue.array(items).encoded()
    }

    init(decoding bytes: [UInt8]) throws(CBORError) {
        let items = try CBORValue(decoding: bytes).asArray()
        switch (try items.first?.asUnsigned(), items.count) {
        case (0, 1): self = .request(identity: nil, proof: nil)
        case (0, 3): self = .request(identity: try IdentityID(items[1]), proof: try Signature(items[2]))
        case (1, 3):
            var entries: [AdmissionBundle.Entry] = []
            for item in try items[2].asArray() {
                let parts = try item.asArray(count: 3)
                let sequence = try parts[1].asUnsigned()
                // No feed is longer.
                guard sequence < 1 << 40 else { throw .notCanonical }
                entries.append(
                    AdmissionBundle.Entry(
                        feed: try PublicSigningKey(parts[0]), sequence: sequence,
                        credential: try parts[2].asBytes()))
            }
            self = .credentials(entries, isLast: try items[1].asBool())
        case (2, 2): self = .admission(try items[1].asBytes())
        case (3, 1): self = .accepted
        case (4, 2...4):
            self = .unknown(
                heads: try Self.heads(items[1]), genesis: items.count > 2 ? try CredentialID(items[2]) : nil,
                founding: items.count > 3 ? try items[3].asBytes() : nil)
        case (5, 1): self = .more
        case (6, 3):
            self = .shown(admission: try items[1].asBytes(), heads: try Self.heads(items[2]))
        default: throw .notCanonical
        }
    }

    private static func heads(_ value: CBORValue) throws(CBORError) -> [CredentialID] {
        let items = try value.asArray()
        guard items.count <= headLimit else { throw .notCanonical }
        return try items.map { (item) throws(CBORError) in try CredentialID(item) }
    }

    /// Entries in messages that are not too large.
    static func parts(_ entries: [AdmissionBundle.Entry]) -> [ArrivalMessage] {
        var parts: [[AdmissionBundle.Entry]] = [[]]
        var byteCount = 0
        for entry in entries {
            if byteCount + entry.credential.count > partByteLimit, byteCount > 0 {
                parts.append([])
                byteCount = 0
            }
            parts[parts.count - 1].append(entry)
            byteCount += entry.credential.count + 80
        }
        return parts.enumerated().map { .credentials($1, isLast: $0 == parts.count - 1) }
    }
}
