import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// What a newcomer is given: all it needs to take part.
public struct AdmissionBundle: Sendable {
    /// A credential and where it stands, by whoever gives it.
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

        /// Bytes that count towards limits: its encoding has a few less.
        var byteCount: Int { credential.count + 80 }

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

    /// Bytes that a space's name may have.
    public static let nameLimit = 256
    /// Bytes of credentials, with 80 for each, that an invitation gives: 64 MiB.
    public static let byteLimit = 64 << 20

    /// The secret of the space, 32 bytes.
    public var secret: SecretBytes
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

    /// Whether credentials are more than an invitation gives; with room for what the admission brings.
    /// - Complexity: O(*n*).
    public static func isTooLarge(_ entries: [Entry]) -> Bool {
        entries.reduce(0) { $0 + $1.byteCount } > byteLimit - (1 << 20)
    }
}

/// What stands before the parts of a bundle; the host's device signs it, and with it the hash of each part.
struct AdmissionHeader: Sendable {
    /// Bytes of the secret, sealed.
    static let sealedByteCount = 32 + SealedBox.overheadByteCount

    /// The secret of the space, sealed to the guest's box key: no copy of it lies in a message.
    var sealedSecret: [UInt8]
    var name: String
    /// The hash of each part.
    var parts: [Digest]
    var chain: CertificateChain?

    init(sealedSecret: [UInt8], name: String, parts: [Digest], chain: CertificateChain?) {
        self.sealedSecret = sealedSecret
        self.name = name
        self.parts = parts
        self.chain = chain
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, .bytes(sealedSecret)), (2, .text(UTF8String(name))),
            (3, .array(parts.map(\.encodedValue))), (4, chain?.encodedValue),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            sealedSecret = try fields.bytes(1, count: Self.sealedByteCount)
            name = try fields.text(2, atMost: AdmissionBundle.nameLimit).string
            parts = try fields.value(3).partDigests()
            chain = try fields.optionalValue(4).map { try CertificateChain($0) }
            try fields.finish()
        } catch let error as InvitationError {
            throw error
        } catch { throw .badMessage }
    }

    /// What the host's device signs.
    static func bound(_ session: [UInt8], _ header: [UInt8]) -> [UInt8] {
        Digest.blake2b(Array("admit".utf8), session, Digest.blake2b(header).bytes).bytes
    }
}

extension CBORValue {
    /// The hashes of parts, of which there is at least one.
    /// - Throws: ``InvitationError/tooLarge(limit:)`` for more parts than anything has that may be given.
    func partDigests() throws -> [Digest] {
        let items = try asArray()
        guard !items.isEmpty else { throw CBORError.notCanonical }
        guard items.count <= CredentialParts.countLimit else {
            throw InvitationError.tooLarge(limit: AdmissionBundle.byteLimit)
        }
        return try items.map { try Digest($0) }
    }
}
