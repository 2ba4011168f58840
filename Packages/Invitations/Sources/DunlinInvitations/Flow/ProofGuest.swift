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
        /// The host has shown what device it is; the credentials are to show that it is a member.
        case awaitingCredentials(InvitationGreeting.Header, CredentialReceipt)
        case awaitingAdmission(host: HostDescription, binding: DeviceBinding)
        case receiving(AdmissionReceipt)
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
        guard !ticket.usesCPace else { throw .badMessage }
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
            let message = try InvitationMessage(bytes)
            if case .part(let number, let part) = message { return try take(number, part) }
            switch (state, message) {
            case (.awaitingGreeting, .greeting(let data, let signature)):
                return try meet(data, signature)
            case (.awaitingAdmission(let host, let binding), .admission(let header, let signature)):
                let receipt = try AdmissionReceipt(
                    header, signature, host: host, guest: keys.description(chain: chain), binding: binding,
                    session: session, box: keys.box)
                return ask(receipt)
            case (.awaitingGreeting, .refused(let reason, _)),
                (.awaitingCredentials, .refused(let reason, _)),
                (.awaitingAdmission, .refused(let reason, _)), (.receiving, .refused(let reason, _)):
                return fail(InvitationMessage.error(reason: reason, attemptsLeft: 0))
            case (.beginning, _), (.awaitingGreeting, _), (.awaitingCredentials, _), (.awaitingAdmission, _),
                (.receiving, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return fail(error) }
    }

    private mutating func take(_ number: Int, _ part: [UInt8]) throws(InvitationError) -> [Effect] {
        switch state {
        case .awaitingCredentials(let greeting, var receipt):
            // What has come is held once, so that it is not copied while it grows.
            state = .over
            try receipt.take(number, part)
            guard receipt.wanted == nil else { return ask(greeting, receipt) }
            return try prove(greeting.description, invite: verify(greeting, receipt.credentials))
        case .receiving(var receipt):
            state = .over
            if let joined = try receipt.take(number, part) { return [.joined(joined)] }
            return ask(receipt)
        case .beginning, .awaitingGreeting, .awaitingAdmission, .over: throw .badMessage
        }
    }

    private mutating func ask(_ greeting: InvitationGreeting.Header, _ receipt: CredentialReceipt) -> [Effect]
    {
        state = .awaitingCredentials(greeting, receipt)
        return receipt.wanted.map { [.send(InvitationMessage.wanted(number: $0).encoded())] } ?? []
    }

    private mutating func ask(_ receipt: AdmissionReceipt) -> [Effect] {
        state = .receiving(receipt)
        return receipt.wanted.map { [.send(InvitationMessage.wanted(number: $0).encoded())] } ?? []
    }

    /// Bytes of a message that the host may send now.
    public var messageLimit: Int {
        switch state {
        case .awaitingCredentials, .receiving: InvitationMessage.partLimit
        case .beginning, .awaitingGreeting, .awaitingAdmission, .over: InvitationMessage.byteLimit
        }
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

    /// Takes what the host says it is. Of an unattended invitation credentials follow that show whether it is
    /// a member; each is judged as it comes, so that a host which is none has nothing kept but a little.
    private mutating func meet(
        _ data: [UInt8], _ signature: Signature
    ) throws(InvitationError) -> [Effect] {
        let greeting = try InvitationGreeting.Header(decoding: data)
        let host = greeting.description
        guard
            host.chain.device.verify(
                signature, over: InvitationGreeting.bound(session, data), purpose: .invite)
        else { throw .wrongHost }
        guard case .secret(_, let space, let genesis, _) = ticket.access else {
            // The handshake has shown the key that the ticket names.
            guard greeting.invite == nil, greeting.parts.isEmpty else { throw .badMessage }
            return try prove(host, invite: nil)
        }
        guard host.space == space, host.genesis == genesis, greeting.invite != nil, !greeting.parts.isEmpty
        else { throw .wrongHost }
        return ask(
            greeting,
            CredentialReceipt(
                digests: greeting.parts, space: space, genesis: genesis, keepsEntries: false,
                strayByteLimit: CredentialReceipt.strayByteLimit))
    }

    /// Whether the host is a member, by what it has shown, and the invitation counts.
    /// - Returns: the credential of the invitation.
    private func verify(
        _ greeting: InvitationGreeting.Header, _ set: CredentialSet
    ) throws(InvitationError) -> CredentialID {
        let host = greeting.description
        guard case .secret(let secret, _, _, _) = ticket.access, let id = greeting.invite,
            let member = set.members().device(host.chain.device), member.identity == host.chain.identity,
            case .invite(let invite)? = set[id]?.body, invite.key == secret.key.publicKey
        else { throw .wrongHost }
        if case .void? = set.status(of: id) { throw .inviterGone }
        guard set.status(of: id) == .live else { throw .wrongHost }
        if let guest = invite.guest, guest != chain.identity { throw .notForYou }
        return id
    }

    /// The host is known now; only then this shows who it is.
    private mutating func prove(
        _ host: HostDescription, invite: CredentialID?
    ) throws(InvitationError) -> [Effect] {
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
}
