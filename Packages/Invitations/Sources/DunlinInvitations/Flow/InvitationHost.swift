import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// The host's side of one guest's connection: a value that takes messages and says what to send and store.
/// - Source: `Docs/Spec/Invitations.md`, "Messages".
public struct InvitationHost: Sendable {
    /// What the owner of the connection is to do.
    public enum Effect: Sendable {
        case send([UInt8])
        /// Store the invitation as it is now before the next ``send(_:)`` leaves.
        case persist(HostedInvitation)
        /// The guest knows the code: issue its credentials, then call ``admitted(_:)``.
        case admit(AdmissionRequest)
        /// The guest has everything.
        case finished
        /// An attempt failed.
        case attemptFailed(attemptsLeft: Int)
        /// Close the connection.
        case failed(InvitationError)
    }

    private enum State {
        case awaitingShare
        case awaitingProof(
            share: [UInt8], data: [UInt8], guest: GuestDescription, guestData: [UInt8],
            guestShare: [UInt8], key: SecretBytes)
        case admitting(GuestDescription)
        case giving(AdmissionGift)
        case over
    }

    /// The invitation, with the attempts that are left.
    public private(set) var invitation: HostedInvitation
    private let description: HostDescription
    private let device: SigningKey
    private let session: [UInt8]
    private let guestStatic: AgreementPublicKey
    private var state = State.awaitingShare

    /// - Parameters:
    /// - invitation: Stored before this is called.
    /// - description: Tells the guest who invites it to which space.
    /// - device: Signs the description.
    /// - handshakeHash: Of the connection, which everything is bound to.
    /// - guestStatic: The guest's static key on the connection.
    public init(
        invitation: HostedInvitation, description: HostDescription, device: SigningKey,
        handshakeHash: [UInt8],
        guestStatic: AgreementPublicKey
    ) {
        self.invitation = invitation
        self.description = description
        self.device = device
        session = handshakeHash
        self.guestStatic = guestStatic
    }

    /// Says first of all who invites to what, for the guest's person to see before the code is typed.
    public func greet() -> [Effect] { [.send(InvitationMessage.claim(description.claim).encoded())] }

    /// Takes a message of the guest.
    /// - Parameter wallClock: Milliseconds since 1970, for the invitation's end.
    public mutating func receive(
        _ bytes: [UInt8], wallClock: UInt64, random: inout some RandomSource
    ) -> [Effect] {
        do throws(InvitationError) {
            switch (state, try InvitationMessage(bytes)) {
            case (.awaitingShare, .guestShare(let share, let data)):
                return try answer(share: share, data: data, wallClock: wallClock, random: &random)
            case (.awaitingProof, .guestProof(let confirmation, let signature, let binding)):
                return try check(confirmation, signature, binding)
            case (.giving(var gift), .wanted(let number)):
                let part = try gift.take(number)
                state = .giving(gift)
                return [.send(part.encoded())]
            case (.giving(let gift), .acknowledged):
                try gift.finish()
                state = .over
                return [.finished]
            case (.awaitingShare, _), (.awaitingProof, _), (.admitting, _), (.giving, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return refuse(error) }
    }

    /// The credentials were issued, and the invitation is used; both are durable, together, when the effects
    /// are performed.
    public mutating func admitted(
        _ bundle: AdmissionBundle, random: inout some RandomSource
    ) -> [Effect] {
        guard case .admitting(let guest) = state else { return [] }
        invitation.redeem(guest.device)
        state = .over
        do {
            let gift = try AdmissionGift(
                bundle, to: guest, session: session, signingWith: device, random: &random)
            state = .giving(gift)
            return [.persist(invitation), .send(gift.announcement.encoded())]
        } catch { return [.persist(invitation)] + refuse(error) }
    }

    /// Whether the guest is in and is being given what it needs: then each part has the time that all before
    /// had together.
    public var isGiving: Bool { if case .giving = state { true } else { false } }

    /// The guest cannot be admitted. One that has shown to know the code has not guessed: its attempt is
    /// given back, and the invitation stands.
    public mutating func refuse(_ error: InvitationError) -> [Effect] {
        var effects: [Effect] = []
        if case .admitting = state, invitation.redeemedBy == nil {
            invitation.returnAttempt()
            effects = [.persist(invitation)]
        }
        state = .over
        return effects + [.send(Self.refusal(error, attemptsLeft: invitation.attemptsLeft)), .failed(error)]
    }

    /// What a guest of any kind of invitation is told in the place of all else when it is over.
    public static func refusal(_ error: InvitationError, attemptsLeft: Int = 0) -> [UInt8] {
        InvitationMessage.refusal(error, attemptsLeft: attemptsLeft).encoded()
    }

    private mutating func answer(
        share: [UInt8], data: [UInt8], wallClock: UInt64, random: inout some RandomSource
    ) throws(InvitationError) -> [Effect] {
        let guest = try GuestDescription(decoding: data)
        guard let password = invitation.password else { throw .badMessage }
        guard (guest.chain == nil) == (invitation.kind == .device) else { throw .badMessage }
        if let refusal = invitation.refusal(for: guest.device, wallClock: wallClock) { throw refusal }
        let own = description.encoded()
        do {
            let generator = try CPace.generator(
                password: password,
                channel: Self.channel(invitation.id, guestStatic, invitation.staticKey.publicKey),
                session: session)
            let mine = try CPaceShare.make(generator: generator, random: &random)
            guard share != mine.share else { throw KeyError.badPoint }
            let key = CPace.sharedKey(
                session: session, element: try mine.element(with: share), initiator: (share, data),
                responder: (mine.share, own))
            // Counted before anything is answered: what is sent now is what a guess can be checked against.
            invitation.useAttempt()
            state = .awaitingProof(
                share: mine.share, data: own, guest: guest, guestData: data, guestShare: share, key: key)
            return [
                .persist(invitation),
                .send(InvitationMessage.hostShare(share: mine.share, data: own).encoded()),
            ]
        } catch { throw .badMessage }
    }

    private mutating func check(
        _ confirmation: [UInt8], _ signature: Signature, _ binding: DeviceBinding
    ) throws(InvitationError) -> [Effect] {
        guard
            case .awaitingProof(let share, let data, let guest, let guestData, let guestShare, let key) =
                state
        else { throw .badMessage }
        let expected = CPace.confirmation(key: key, session: session, share: guestShare, data: guestData)
        guard constantTimeEqual(expected, confirmation) else {
            state = .awaitingShare
            let left = invitation.attemptsLeft
            let error: InvitationError = left > 0 ? .wrongCode(attemptsLeft: left) : .exhausted
            let message = InvitationMessage.refusal(error, attemptsLeft: left)
            return [.send(message.encoded()), .attemptFailed(attemptsLeft: left)]
        }
        let request = try AdmissionRequest(
            guest: guest, binding: binding, signature: signature, bound: Self.bound(session, confirmation),
            space: description.space, identity: (guest.chain ?? description.chain).identity,
            role: invitation.role)
        let own = CPace.confirmation(key: key, session: session, share: share, data: data)
        state = .admitting(guest)
        do {
            let signature = try device.sign(Self.bound(session, own), purpose: .invite)
            return [
                .send(InvitationMessage.hostProof(confirmation: own, signature: signature).encoded()),
                .admit(request),
            ]
        } catch { throw .key(error) }
    }

    static func channel(
        _ id: InvitationID, _ guest: AgreementPublicKey, _ host: AgreementPublicKey
    ) -> [UInt8] {
        CPace.lengthValueConcatenation(Array("invite/1".utf8), id.bytes, guest.bytes, host.bytes)
    }

    static func bound(_ session: [UInt8], _ confirmation: [UInt8]) -> [UInt8] {
        Digest.blake2b(Array("bind".utf8), session, confirmation).bytes
    }
}
