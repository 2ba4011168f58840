import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// The guest's side of an invitation with a code, typed or scanned: a value that takes messages and the code,
/// and says what to send.
/// - Source: `Docs/Spec/Invitations.md`, "Messages".
public struct InvitationGuest: Sendable {
    /// What the owner of the connection is to do.
    public enum Effect: Sendable {
        case send([UInt8])
        /// Whom the host says it is, and what it invites to; nothing was verified yet.
        case claimed(InvitationClaim)
        /// Ask the person for the code, then call ``enter(code:random:)``.
        case codeNeeded(attemptsLeft: Int?)
        /// Everything was verified: store it, then call ``acknowledge()``.
        case joined(Joined)
        case failed(InvitationError)
    }

    /// What the guest has when it was let in.
    public struct Joined: Sendable {
        /// Who let this device in.
        public var host: HostDescription
        /// What was given.
        public var bundle: AdmissionBundle
        /// The credentials of the space, all checked.
        public var credentials: CredentialSet
        /// The keys that this device uses there, as they were admitted.
        public var binding: DeviceBinding
    }

    private enum State {
        case awaitingClaim
        case awaitingCode
        case awaitingShare(CPaceShare)
        case awaitingProof(host: HostDescription, expected: [UInt8], binding: DeviceBinding)
        case awaitingAdmission(host: HostDescription, binding: DeviceBinding)
        /// The next part is asked for.
        case receiving(AdmissionReceipt)
        case over
    }

    private let ticket: InvitationTicket
    private let description: GuestDescription
    private let keys: GuestKeys
    private let session: [UInt8]
    private let guestStatic: AgreementPublicKey
    private let hostStatic: AgreementPublicKey
    private var state = State.awaitingClaim
    private var claim: InvitationClaim?

    /// - Parameter chain: The guest's; nil for a device that the host is to certify.
    /// - Throws: ``InvitationError/wrongHost`` when the handshake met another key than the ticket names.
    public init(
        ticket: InvitationTicket, chain: CertificateChain?, keys: GuestKeys, handshakeHash: [UInt8],
        guestStatic: AgreementPublicKey, hostStatic: AgreementPublicKey
    ) throws(InvitationError) {
        guard ticket.usesCPace, ticket.host == hostStatic, hostStatic != guestStatic else { throw .wrongHost }
        self.ticket = ticket
        self.hostStatic = hostStatic
        description = keys.description(chain: chain)
        self.keys = keys
        session = handshakeHash
        self.guestStatic = guestStatic
    }

    /// Takes the code that the person typed; ignored unless one was asked for.
    public mutating func enter(code: String, random: inout some RandomSource) -> [Effect] {
        // A text that was typed is in ordinary memory already.
        enter(SecretBytes(copying: code.utf8.filter { (0x30...0x39).contains($0) }), random: &random)
    }

    private mutating func enter(_ password: SecretBytes, random: inout some RandomSource) -> [Effect] {
        guard case .awaitingCode = state else { return [] }
        do throws(KeyError) {
            let generator = try CPace.generator(
                password: password, channel: InvitationHost.channel(ticket.id, guestStatic, hostStatic),
                session: session)
            let share = try CPaceShare.make(generator: generator, random: &random)
            state = .awaitingShare(share)
            return [
                .send(InvitationMessage.guestShare(share: share.share, data: description.encoded()).encoded())
            ]
        } catch { return fail(.key(error)) }
    }

    /// Takes a message of the host.
    public mutating func receive(_ bytes: [UInt8], random: inout some RandomSource) -> [Effect] {
        do throws(InvitationError) {
            let message = try InvitationMessage(bytes)
            if case .part(let number, let part) = message { return try take(number, part) }
            switch (state, message) {
            case (.awaitingClaim, .claim(let claim)):
                self.claim = claim
                state = .awaitingCode
                if case .scan(let secret, _) = ticket.access {
                    return [.claimed(claim)] + enter(secret.bytes, random: &random)
                }
                return [.claimed(claim), .codeNeeded(attemptsLeft: nil)]
            case (.awaitingShare(let mine), .hostShare(let share, let data)):
                return try prove(mine, share: share, data: data)
            case (
                .awaitingProof(let host, let expected, let binding),
                .hostProof(let confirmation, let signature)
            ):
                guard constantTimeEqual(confirmation, expected),
                    host.chain.device.verify(
                        signature, over: InvitationHost.bound(session, confirmation), purpose: .invite)
                else { throw InvitationError.wrongHost }
                state = .awaitingAdmission(host: host, binding: binding)
                return []
            case (.awaitingAdmission(let host, let binding), .admission(let header, let signature)):
                let receipt = try AdmissionReceipt(
                    header, signature, host: host, guest: description, binding: binding, session: session,
                    box: keys.box)
                return ask(receipt)
            case (_, .refused(let reason, let left)):
                let error = InvitationMessage.error(reason: reason, attemptsLeft: left)
                guard case .wrongCode = error else { return fail(error) }
                // It was scanned: another try would be the same.
                guard ticket.needsCode else { return fail(.wrongSecret) }
                state = .awaitingCode
                return [.codeNeeded(attemptsLeft: Int(min(left, 100)))]
            case (.awaitingClaim, _), (.awaitingCode, _), (.awaitingShare, _), (.awaitingProof, _),
                (.awaitingAdmission, _), (.receiving, _), (.over, _):
                throw InvitationError.badMessage
            }
        } catch { return fail(error) }
    }

    private mutating func take(_ number: Int, _ part: [UInt8]) throws(InvitationError) -> [Effect] {
        guard case .receiving(var receipt) = state else { throw .badMessage }
        // What has come is held once, so that it is not copied while it grows.
        state = .over
        if let joined = try receipt.take(number, part) { return [.joined(joined)] }
        return ask(receipt)
    }

    private mutating func ask(_ receipt: AdmissionReceipt) -> [Effect] {
        state = .receiving(receipt)
        return receipt.wanted.map { [.send(InvitationMessage.wanted(number: $0).encoded())] } ?? []
    }

    /// Bytes of a message that the host may send now. The host is known before it may send a part.
    public var messageLimit: Int {
        if case .receiving = state { InvitationMessage.partLimit } else { InvitationMessage.byteLimit }
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

    private mutating func prove(
        _ mine: CPaceShare, share: [UInt8], data: [UInt8]
    ) throws(InvitationError) -> [Effect] {
        let host = try HostDescription(decoding: data)
        let own = description.encoded()
        // What the person was shown is what the host meant.
        guard share != mine.share, host.claim == claim else { throw .wrongHost }
        do {
            let key = CPace.sharedKey(
                session: session, element: try mine.element(with: share), initiator: (mine.share, own),
                responder: (share, data))
            let confirmation = CPace.confirmation(key: key, session: session, share: mine.share, data: own)
            let expected = CPace.confirmation(key: key, session: session, share: share, data: data)
            let binding = try keys.binding(
                space: host.space, identity: (description.chain ?? host.chain).identity)
            let signature = try keys.device.sign(
                InvitationHost.bound(session, confirmation), purpose: .invite)
            state = .awaitingProof(host: host, expected: expected, binding: binding)
            return [
                .send(
                    InvitationMessage.guestProof(
                        confirmation: confirmation, signature: signature, binding: binding
                    ).encoded())
            ]
        } catch { throw .wrongHost }
    }
}
