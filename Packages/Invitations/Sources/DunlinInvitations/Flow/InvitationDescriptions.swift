import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Who the guest is, as it enters the key exchange.
public struct GuestDescription: Hashable, Sendable {
    /// For a space: the guest's identity and device. For a device: nil, the host will certify it.
    public var chain: CertificateChain?
    /// The signing key of the guest's device.
    public var device: DeviceID
    /// The key to seal content keys to.
    public var box: AgreementPublicKey
    /// The key of its control feed in the space.
    public var control: PublicSigningKey
    /// The key of its data feed in the space.
    public var data: PublicSigningKey
    /// The key for its connections in the space.
    public var noise: AgreementPublicKey

    /// A guest of these keys.
    public init(
        chain: CertificateChain?, device: DeviceID, box: AgreementPublicKey, control: PublicSigningKey,
        data: PublicSigningKey, noise: AgreementPublicKey
    ) {
        self.chain = chain
        self.device = device
        self.box = box
        self.control = control
        self.data = data
        self.noise = noise
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, chain?.encodedValue), (2, device.encodedValue), (3, box.encodedValue),
            (4, control.encodedValue), (5, data.encodedValue), (6, noise.encodedValue),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            chain = try fields.optionalValue(1).map { try CertificateChain($0) }
            device = try DeviceID(fields.value(2))
            box = try AgreementPublicKey(fields.value(3))
            control = try PublicSigningKey(fields.value(4))
            data = try PublicSigningKey(fields.value(5))
            noise = try AgreementPublicKey(fields.value(6))
            try fields.finish()
        } catch { throw .badMessage }
        if let chain, chain.device != device || chain.box != box { throw .badMessage }
    }
}

/// Who the host is and what it invites to, as it enters the key exchange.
public struct HostDescription: Hashable, Sendable {
    /// Whose device the host is.
    public var chain: CertificateChain
    /// The space that the invitation leads to.
    public var space: SpaceID
    /// The founding credential of the space, which the guest demands to see.
    public var genesis: CredentialID
    /// What it calls itself and the space.
    public var claim: InvitationClaim

    /// A host of these fields.
    public init(
        chain: CertificateChain, space: SpaceID, genesis: CredentialID,
        claim: InvitationClaim = InvitationClaim(inviter: "", space: "")
    ) {
        self.chain = chain
        self.space = space
        self.genesis = genesis
        self.claim = claim
    }

    func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, chain.encodedValue), (2, space.encodedValue), (3, genesis.encodedValue),
            (4, claim.encodedValue),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            chain = try CertificateChain(fields.value(1))
            space = try SpaceID(fields.value(2))
            genesis = try CredentialID(fields.value(3))
            claim = try InvitationClaim(fields.value(4))
            try fields.finish()
        } catch { throw .badMessage }
    }
}
