import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What a newcomer is given: all it needs to take part.
public struct AdmissionBundle: Sendable {
    /// A credential and where it stands: the one before it in the same feed is its implicit parent.
    public struct Entry: Hashable, Sendable {
        /// The control feed that holds the credential.
        public var feed: PublicSigningKey
        /// Its place there, from 0.
        public var sequence: UInt64
        /// Its bytes.
        public var credential: [UInt8]

        /// A credential with its place.
        public init(feed: PublicSigningKey, sequence: UInt64, credential: [UInt8]) {
            self.feed = feed
            self.sequence = sequence
            self.credential = credential
        }

        var encodedValue: CBORValue {
            .array([feed.encodedValue, .unsigned(sequence), .bytes(credential)])
        }

        init(_ value: CBORValue) throws(CBORError) {
            let parts = try value.asArray(count: 3)
            feed = try PublicSigningKey(parts[0])
            sequence = try parts[1].asUnsigned()
            // No feed is longer.
            guard sequence < 1 << 40 else { throw .notCanonical }
            credential = try parts[2].asBytes()
        }
    }

    /// The secret of the space, 32 bytes.
    public var secret: SecretBytes
    /// Bytes that a space's name may have.
    public static let nameLimit = 256

    /// The space's name as the host knows it.
    public var name: String
    /// From genesis to heads, parents first.
    public var credentials: [Entry]
    /// For a new device: its certificates.
    public var chain: CertificateChain?

    /// What a host gives a guest that it lets in.
    public init(secret: SecretBytes, name: String, credentials: [Entry], chain: CertificateChain?) {
        self.secret = secret
        self.name = name
        self.credentials = credentials
        self.chain = chain
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, .bytes(secret.copied())), (2, .text(UTF8String(name))),
            (3, .array(credentials.map(\.encodedValue))), (4, chain?.encodedValue),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            secret = SecretBytes(copying: try fields.bytes(1, count: 32))
            name = try fields.text(2, atMost: Self.nameLimit).string
            credentials = try fields.array(3, atMost: 65_536).map { try Entry($0) }
            chain = try fields.optionalValue(4).map { try CertificateChain($0) }
            try fields.finish()
        } catch { throw .badMessage }
    }
}
