import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// The host's side of an invitation without a code: the guest proves a secret, or who it is. A value that
/// takes messages and says what to send.
/// - Source: `Docs/Spec/Invitations.md`, "Without a code".
public struct ProofHost: Sendable {
    /// What a guest has to be or to hold.
    public struct Terms: Hashable, Sendable {
        /// The space that the invitation leads to.
        public var space: SpaceID
        /// What the guest becomes.
        public var role: Role
        /// The only identity that is let in; nil for anybody who holds the secret.
        public var guest: IdentityID?
        /// Of an unattended invitation: the credential that made it.
        public var invite: CredentialID?
        /// Of an unattended invitation: the key that the guest proves to hold.
        public var key: PublicSigningKey?

        /// Terms of an unattended invitation.
        public init(space: SpaceID, invite: CredentialID, terms: Invite) {
            self.space = space
            role = terms.role
            guest = terms.guest
            self.invite = invite
            key = terms.key
        }

        /// Terms of an invitation for one identity.
        public init(space: SpaceID, role: Role, guest: IdentityID) {
            self.space = space
            self.role = role
            self.guest = guest
        }
    }

    /// What the owner of the connection is to do.
    public enum Effect: Sendable {
        case send([UInt8])
        /// A guest is there: call ``greet(_:)``, or ``refuse(_:)`` when the invitation is over and the knock
        /// is of nobody who is in.
        case knocked(InvitationKnock)
        /// The guest has proven what the terms ask for: issue its credentials unless the invitation is over,
        /// then call ``admitted(_:)``.
        case admit(AdmissionRequest)
        /// The guest has everything.
        case finished
        /// Close the connection.
        case failed(InvitationError)
    }

    private enum State {
        case awaitingKnock
        case awaitingOwner
        case awaitingProof
        case admitting
        case awaitingAcknowledgement
        case over
    }

    private let terms: Terms
    private let device: SigningKey
    private let session: [UInt8]
    private var state = State.awaitingKnock

    /// - Parameters:
    ///   - device: The host's, which signs the greeting and will issue the admission.
    ///   - handshakeHash: Of the connection, which everything is bound to.
    public init(terms: Terms, device: SigningKey, handshakeHash: [UInt8]) {
        self.terms = terms
        self.device = device
        session = handshakeHash
    }

    /// Takes a message of the guest.
    public mutating func receive(_ bytes: [UInt8]) -> [Effect] {
        do throws(InvitationError) {
            switch (state, try InvitationMessage(bytes)) {
            case (.awaitingKnock, .knock(let tag)):
                state = .awaitingOwner
                return [.knocked(InvitationKnock(tag: tag, session: session))]
            case (.awaitingProof, .proof(let data, let binding, let signature, let invite)):
                let request = try check(data, binding, signature, invite)
                state = .admitting
                return [.admit(request)]
            case (.awaitingAcknowledgement, .acknowledged):
                state = .over
                return [.finished]
            case (.awaitingKnock, _), (.awaitingOwner, _), (.awaitingProof, _), (.admitting, _),
                (.awaitingAcknowledgement, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return refuse(error) }
    }

    /// Shows the guest who this is.
    public mutating func greet(_ greeting: InvitationGreeting) -> [Effect] {
        guard case .awaitingOwner = state else { return [] }
        let bytes = greeting.encoded()
        do throws(KeyError) {
            let signature = try device.sign(
                InvitationGreeting.bound(session, bytes), purpose: .invite)
            state = .awaitingProof
            return [.send(InvitationMessage.greeting(bytes, signature).encoded())]
        } catch { return refuse(.key(error)) }
    }

    /// The credentials were issued; they are durable when the effects are performed.
    public mutating func admitted(_ bundle: AdmissionBundle) -> [Effect] {
        state = .awaitingAcknowledgement
        return [.send(InvitationMessage.admission(bundle.encoded()).encoded())]
    }

    /// The guest cannot be admitted; it is told why.
    public mutating func refuse(_ error: InvitationError) -> [Effect] {
        state = .over
        return [.send(InvitationMessage.refusal(error, attemptsLeft: 0).encoded()), .failed(error)]
    }

    private func check(
        _ data: [UInt8], _ binding: DeviceBinding, _ signature: Signature, _ invite: Signature?
    ) throws(InvitationError) -> AdmissionRequest {
        let guest = try GuestDescription(decoding: data)
        guard let chain = guest.chain,
            guest.device.verify(
                signature, over: InvitationHost.bound(session, Digest.blake2b(data).bytes), purpose: .invite),
            binding.space == terms.space, binding.isSigned(by: guest.device),
            binding.identity == chain.identity, binding.control == guest.control, binding.data == guest.data,
            binding.noise == guest.noise
        else { throw .badMessage }
        if let identity = terms.guest, identity != chain.identity { throw .notForYou }
        var redemption: Redemption?
        if let id = terms.invite, let key = terms.key {
            guard let invite else { throw .wrongSecret }
            let made = Redemption(invite: id, handshake: session, signature: invite)
            guard
                made.isSigned(
                    by: key, admission: Admission(chain: chain, binding: binding), host: device.publicKey)
            else { throw .wrongSecret }
            redemption = made
        } else if invite != nil {
            throw .badMessage
        }
        return AdmissionRequest(guest: guest, binding: binding, role: terms.role, redemption: redemption)
    }
}
