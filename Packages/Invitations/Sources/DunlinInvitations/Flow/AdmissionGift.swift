import DunlinCredentials
import DunlinKeys

/// What a host gives to a guest that it lets in, of either flow: a signed header, and then each part that the
/// guest asks for. So no more than one part waits to be sent, however slow the line is.
struct AdmissionGift: Sendable {
    private var parts: CredentialParts
    private let header: [UInt8]
    private let signature: Signature

    init(
        _ bundle: AdmissionBundle, to guest: GuestDescription, session: [UInt8],
        signingWith device: SigningKey,
        random: inout some RandomSource
    ) throws(InvitationError) {
        parts = try CredentialParts(bundle.credentials)
        do throws(KeyError) {
            header = AdmissionHeader(
                sealedSecret: try SealedBox.seal(bundle.secret, to: guest.box, random: &random),
                name: bundle.name, parts: parts.digests, chain: bundle.chain
            ).encoded()
            signature = try device.sign(AdmissionHeader.bound(session, header), purpose: .invite)
        } catch { throw .key(error) }
    }

    /// What the guest is told first.
    var announcement: InvitationMessage { .admission(header, signature) }

    /// The part that the guest asks for.
    /// - Throws: ``InvitationError/badMessage`` for another than the next.
    mutating func take(_ number: Int) throws(InvitationError) -> InvitationMessage { try parts.take(number) }

    /// The guest says that it has everything.
    /// - Throws: ``InvitationError/badMessage`` when it cannot have.
    func finish() throws(InvitationError) {
        guard parts.isGiven else { throw .badMessage }
    }
}

/// What a guest of either flow is given, as it comes in.
struct AdmissionReceipt: Sendable {
    private let host: HostDescription
    private let guest: GuestDescription
    private let binding: DeviceBinding
    private let header: AdmissionHeader
    private let secret: SecretBytes
    private var parts: CredentialReceipt

    /// Takes the header.
    /// - Parameters:
    ///   - host: Known to be the one that invited.
    ///   - guest: What this device said of itself, with `binding`.
    ///   - box: Opens what is sealed to the guest.
    /// - Throws: ``InvitationError/wrongHost`` when the host's device has not signed it for this connection.
    init(
        _ bytes: [UInt8], _ signature: Signature, host: HostDescription, guest: GuestDescription,
        binding: DeviceBinding, session: [UInt8], box: AgreementKey
    ) throws(InvitationError) {
        guard
            host.chain.device.verify(
                signature, over: AdmissionHeader.bound(session, bytes), purpose: .invite)
        else { throw .wrongHost }
        header = try AdmissionHeader(decoding: bytes)
        do { secret = try SealedBox.open(header.sealedSecret, with: box) } catch { throw .key(error) }
        self.host = host
        self.guest = guest
        self.binding = binding
        parts = CredentialReceipt(
            digests: header.parts, space: host.space, genesis: host.genesis, keepsEntries: true)
    }

    /// The number of the part that is to be asked for.
    var wanted: Int? { parts.wanted }

    /// Takes a part.
    /// - Returns: What the guest has when this was the last one: everything was checked, from the genesis
    ///   that the host named before.
    /// - Throws: ``InvitationError/wrongHost`` unless the guest and the host are in, each with its keys, and
    ///   what ``CredentialReceipt/take(_:_:)`` throws.
    mutating func take(
        _ number: Int, _ part: [UInt8]
    ) throws(InvitationError) -> InvitationGuest.Joined? {
        try parts.take(number, part)
        guard parts.wanted == nil else { return nil }
        let view = parts.credentials.members()
        let admitted = view.device(guest.device)
        guard admitted?.binding == binding, view.device(host.chain.device) != nil else { throw .wrongHost }
        if let chain = guest.chain, admitted?.chain != chain { throw .wrongHost }
        if guest.chain == nil {
            guard let chain = header.chain, chain.device == guest.device, chain.box == guest.box,
                chain.identity == host.chain.identity, admitted?.chain == chain
            else { throw .wrongHost }
        }
        return InvitationGuest.Joined(
            host: host,
            bundle: AdmissionBundle(
                secret: secret, name: header.name, credentials: parts.entries, chain: header.chain),
            credentials: parts.credentials, binding: binding)
    }
}
