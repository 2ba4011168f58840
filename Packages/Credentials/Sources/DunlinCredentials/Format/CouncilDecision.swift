import DunlinEncoding
import DunlinKeys

/// Members of the council who together take somebody out, beside the one that issues the removal.
/// - Source: `Docs/Spec/Credentials.md`, "Council".
public struct CouncilDecision: Hashable, Sendable {
    /// Who signed.
    public struct Cosignature: Hashable, Sendable {
        /// The member of the council.
        public var identity: IdentityID
        /// The device that signed.
        public var device: DeviceID
        /// By the device.
        public var signature: Signature
    }

    /// The credential that named the council.
    public var council: CredentialID
    /// The admission of whom it takes out; a later one of the same identity is not meant.
    public var admission: CredentialID
    /// Sorted by identity, each once.
    public var cosignatures: [Cosignature]

    /// A decision that nobody but the issuer of the removal has signed yet.
    public init(council: CredentialID, admission: CredentialID) {
        self.council = council
        self.admission = admission
        cosignatures = []
    }

    /// Signs the decision; a second signature of one identity replaces the first.
    public mutating func sign(
        for identity: IdentityID, space: SpaceID, device: SigningKey
    ) throws(KeyError) {
        let signature = try device.sign(signed(space), purpose: .cred)
        cosignatures.removeAll { $0.identity == identity }
        cosignatures.append(
            Cosignature(identity: identity, device: device.publicKey, signature: signature))
        cosignatures.sort { $0.identity < $1.identity }
    }

    func isSigned(in space: SpaceID) -> Bool {
        let signed = signed(space)
        return cosignatures.allSatisfy { $0.device.verify($0.signature, over: signed, purpose: .cred) }
    }

    /// No credential has fields like these, so that none of its signatures serves for this.
    private func signed(_ space: SpaceID) -> [UInt8] {
        CBORValue.fields([
            (1, space.encodedValue), (2, .unsigned(4)), (7, admission.encodedValue),
            (8, council.encodedValue),
        ]).encoded()
    }

    var encodedValue: CBORValue {
        let items = cosignatures.map { item -> CBORValue in
            .array([item.identity.encodedValue, item.device.encodedValue, item.signature.encodedValue])
        }
        return CBORValue.fields([
            (1, council.encodedValue), (2, admission.encodedValue), (3, .array(items)),
        ])
    }

    init(_ value: CBORValue) throws(CBORError) {
        var fields = try CBORFields(value)
        council = try CredentialID(fields.value(1))
        admission = try CredentialID(fields.value(2))
        cosignatures = []
        for item in try fields.array(3, atMost: Council.memberLimit) {
            let parts = try item.asArray(count: 3)
            let next = Cosignature(
                identity: try IdentityID(parts[0]), device: try DeviceID(parts[1]),
                signature: try Signature(parts[2]))
            if let last = cosignatures.last, last.identity >= next.identity { throw .notCanonical }
            cosignatures.append(next)
        }
        try fields.finish()
    }
}

/// Identities who can take out anybody together, the founder included.
public struct Council: Hashable, Sendable {
    /// Identities that a council may have.
    public static let memberLimit = 64

    /// Sorted, each once; at least 2.
    public var members: [IdentityID]
    /// How many must agree; more than half.
    public var threshold: Int

    /// A council of some identities.
    public init(members: [IdentityID], threshold: Int) {
        self.members = Array(Set(members)).sorted()
        self.threshold = threshold
    }
}
