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
        /// With the credentials that show who this is, as the guest asks for them.
        case awaitingProof(CredentialParts)
        case admitting(GuestDescription)
        case giving(AdmissionGift)
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
                state = .admitting(request.guest)
                return [.admit(request)]
            case (.awaitingProof(var parts), .wanted(let number)):
                let part = try parts.take(number)
                state = .awaitingProof(parts)
                return [.send(part.encoded())]
            case (.giving(var gift), .wanted(let number)):
                let part = try gift.take(number)
                state = .giving(gift)
                return [.send(part.encoded())]
            case (.giving(let gift), .acknowledged):
                try gift.finish()
                state = .over
                return [.finished]
            case (.awaitingKnock, _), (.awaitingOwner, _), (.awaitingProof, _), (.admitting, _),
                (.giving, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return refuse(error) }
    }

    /// Shows the guest who this is.
    public mutating func greet(_ greeting: InvitationGreeting) -> [Effect] {
        guard case .awaitingOwner = state else { return [] }
        let parts: CredentialParts
        do throws(InvitationError) {
            parts = try CredentialParts(greeting.credentials)
        } catch { return refuse(error) }
        let header = greeting.header(parts: parts)
        do throws(KeyError) {
            let signature = try device.sign(InvitationGreeting.bound(session, header), purpose: .invite)
            state = .awaitingProof(parts)
            return [.send(InvitationMessage.greeting(header, signature).encoded())]
        } catch { return refuse(.key(error)) }
    }

    /// The credentials were issued; they are durable when the effects are performed.
    public mutating func admitted(
        _ bundle: AdmissionBundle, random: inout some RandomSource
    ) -> [Effect] {
        guard case .admitting(let guest) = state else { return [] }
        do {
            let gift = try AdmissionGift(
                bundle, to: guest, session: session, signingWith: device, random: &random)
            state = .giving(gift)
            return [.send(gift.announcement.encoded())]
        } catch { return refuse(error) }
    }

    /// Whether the guest is being given parts that it has asked for: then each has the time that all before
    /// had together.
    public var isGiving: Bool {
        switch state {
        case .awaitingProof(let parts): parts.hasBegun
        case .giving: true
        case .awaitingKnock, .awaitingOwner, .admitting, .over: false
        }
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
        guard let chain = guest.chain else { throw .badMessage }
        var request = try AdmissionRequest(
            guest: guest, binding: binding, signature: signature,
            bound: InvitationHost.bound(session, Digest.blake2b(data).bytes), space: terms.space,
            identity: chain.identity, role: terms.role)
        if let identity = terms.guest, identity != chain.identity { throw .notForYou }
        if let id = terms.invite, let key = terms.key {
            guard let invite else { throw .wrongSecret }
            let made = Redemption(invite: id, handshake: session, signature: invite)
            guard
                made.isSigned(
                    by: key, admission: Admission(chain: chain, binding: binding), host: device.publicKey)
            else { throw .wrongSecret }
            request.redemption = made
        } else if invite != nil {
            throw .badMessage
        }
        return request
    }
}
