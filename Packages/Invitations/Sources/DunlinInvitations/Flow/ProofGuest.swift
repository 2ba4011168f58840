import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// The guest's side of an invitation without a code: a value that takes messages and says what to send.
///
/// Nothing that is of use to anybody leaves before the host has shown that it is the one the ticket names: by
/// its key, or as a member of the space by credentials from the genesis on.
/// - Source: `Docs/Spec/Invitations.md`, "Without a code".
public struct ProofGuest: Sendable {
    /// What the owner of the connection is to do.
    public enum Effect: Sendable {
        case send([UInt8])
        /// The host was verified: this is what it calls itself and the space, and whose device it is.
        case met(InvitationClaim, host: IdentityID)
        /// Everything was verified: store it, then call ``acknowledge()``.
        case joined(InvitationGuest.Joined)
        case failed(InvitationError)
    }

    private enum State {
        case beginning
        case awaitingGreeting
        case awaitingAdmission(host: HostDescription, binding: DeviceBinding)
        case over
    }

    private let ticket: InvitationTicket
    private let chain: CertificateChain
    private let keys: GuestKeys
    private let session: [UInt8]
    private var state = State.beginning

    /// - Parameter chain: The guest's.
    /// - Throws: ``InvitationError/wrongHost`` when the handshake met another key than the ticket names, and
    ///   ``InvitationError/notForYou`` when the ticket is for another identity.
    public init(
        ticket: InvitationTicket, chain: CertificateChain, keys: GuestKeys, handshakeHash: [UInt8],
        hostStatic: AgreementPublicKey
    ) throws(InvitationError) {
        if let host = ticket.host, host != hostStatic { throw .wrongHost }
        if let guest = ticket.guest, guest != chain.identity { throw .notForYou }
        guard !ticket.needsCode else { throw .badMessage }
        self.ticket = ticket
        self.chain = chain
        self.keys = keys
        session = handshakeHash
    }

    /// Asks the host to say who it is.
    public mutating func start() -> [Effect] {
        guard case .beginning = state else { return [] }
        state = .awaitingGreeting
        let tag = InvitationGreeting.knock(session, control: keys.control.publicKey)
        return [.send(InvitationMessage.knock(tag).encoded())]
    }

    /// Takes a message of the host.
    public mutating func receive(_ bytes: [UInt8]) -> [Effect] {
        do throws(InvitationError) {
            switch (state, try InvitationMessage(bytes)) {
            case (.awaitingGreeting, .greeting(let data, let signature)):
                return try prove(data, signature)
            case (.awaitingAdmission(let host, let binding), .admission(let bytes)):
                let bundle = try AdmissionBundle(decoding: bytes)
                let set = try bundle.verified(
                    host: host, guest: keys.description(chain: chain), binding: binding)
                return [
                    .joined(
                        InvitationGuest.Joined(
                            host: host, bundle: bundle, credentials: set, binding: binding))
                ]
            case (.awaitingGreeting, .refused(let reason, _)), (.awaitingAdmission, .refused(let reason, _)):
                return fail(InvitationMessage.error(reason: reason, attemptsLeft: 0))
            case (.beginning, _), (.awaitingGreeting, _), (.awaitingAdmission, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return fail(error) }
    }

    /// Tells the host that everything arrived and is stored.
    public mutating func acknowledge() -> [Effect] {
        state = .over
        return [.send(InvitationMessage.acknowledged.encoded())]
    }

    private mutating func fail(_ error: InvitationError) -> [Effect] {
        state = .over
        return [.failed(error)]
    }

    /// Checks who the host is, and only then shows who this is.
    private mutating func prove(
        _ data: [UInt8], _ signature: Signature
    ) throws(InvitationError) -> [Effect] {
        let greeting = try InvitationGreeting(decoding: data)
        let host = greeting.description
        guard
            host.chain.device.verify(
                signature, over: InvitationGreeting.bound(session, data), purpose: .invite)
        else { throw .wrongHost }
        let invite = try verify(greeting)
        do throws(KeyError) {
            let own = keys.description(chain: chain).encoded()
            let binding = try keys.binding(space: host.space, identity: chain.identity)
            let bound = InvitationHost.bound(session, Digest.blake2b(own).bytes)
            var proof: Signature?
            if case .secret(let secret, _, _, _) = ticket.access, let invite {
                proof = try Redemption.prove(
                    invite, admission: Admission(chain: chain, binding: binding), host: host.chain.device,
                    handshake: session, signingWith: secret.key
                ).signature
            }
            let message = InvitationMessage.proof(
                own, binding, try keys.device.sign(bound, purpose: .invite), proof)
            state = .awaitingAdmission(host: host, binding: binding)
            return [.met(host.claim, host: host.chain.identity), .send(message.encoded())]
        } catch { throw .key(error) }
    }

    /// - Returns: the credential of the invitation, when it is an unattended one.
    private func verify(_ greeting: InvitationGreeting) throws(InvitationError) -> CredentialID? {
        guard case .secret(let secret, let space, let genesis, _) = ticket.access else {
            // The handshake has shown the key that the ticket names.
            guard greeting.invite == nil, greeting.credentials.isEmpty else { throw .badMessage }
            return nil
        }
        let host = greeting.description
        guard host.space == space, host.genesis == genesis, let id = greeting.invite else { throw .wrongHost }
        let set = try AdmissionBundle.credentialSet(greeting.credentials, space: space, genesis: genesis)
        guard let member = set.members().device(host.chain.device), member.identity == host.chain.identity,
            case .invite(let invite)? = set[id]?.body, invite.key == secret.key.publicKey
        else { throw .wrongHost }
        if case .void? = set.status(of: id) { throw .inviterGone }
        guard set.status(of: id) == .live else { throw .wrongHost }
        if let guest = invite.guest, guest != chain.identity { throw .notForYou }
        return id
    }
}
