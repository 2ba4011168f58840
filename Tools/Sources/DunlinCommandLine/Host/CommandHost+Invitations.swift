import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces
import Foundation

/// Codes that people typed for attempts to join which another request began.
actor TypedCodes {
    private var codes: [Int64: String] = [:]
    /// Attempts for which nobody had a code to type.
    private var without: Set<Int64> = []

    subscript(join: Int64) -> String? { codes[join] }

    func keep(_ code: String?, for join: Int64) {
        codes[join] = code
        without.remove(join)
    }

    func miss(_ join: Int64) { without.insert(join) }
    func isMissed(_ join: Int64) -> Bool { without.contains(join) }
}

extension CommandHost {
    // MARK: Inviting

    func invite(_ request: ObjectValue, _ emit: @escaping Emit) async throws -> ObjectValue {
        // Before it is open, so that nothing is missed.
        let events = await client.events()
        let made = try await invitation(request)
        let ticket = made.ticket
        var fields: [String: ObjectValue] = [
            "id": .plain(made.id.description), "ticket": .plain(ticket.text), "link": .plain(ticket.link),
            "qr": .plain(ticket.qrPayload),
            "expires": .plain(Timestamp.text(ticket.expires)),
        ]
        if let code = made.code { fields["code"] = .plain(code) }
        if request.flag("scan") { fields["scan"] = .bool(true) }
        let shown = ObjectValue.record(fields)
        guard request.flag("wait") else { return shown }
        emit(shown.with("event", .plain("invitation")))
        return try await follow(made, events, shown, emit)
    }

    private func invitation(_ request: ObjectValue) async throws -> Invitation {
        let isUnattended = request.flag("unattended")
        let lifetime = request.integer("seconds").map { Duration.seconds($0) }
        guard !request.flag("device") else {
            return try await client.inviteDevice(
                isScanned: request.flag("scan"), lifetime: lifetime ?? .seconds(600))
        }
        guard let role = Role(request.string("role") ?? "editor") else {
            throw CommandFailure(.badValue, "A role is one of admin, editor, reader.")
        }
        var guest: IdentityID?
        if let text = request.string("for") {
            do { guest = try DIDKey.decode(text) } catch {
                throw CommandFailure(.badValue, "--for takes an identity, like did:key:z6Mk…")
            }
        }
        guard isUnattended else {
            return try await client.invite(
                to: space(request), role: role, for: guest, isScanned: request.flag("scan"),
                lifetime: lifetime ?? .seconds(600))
        }
        return try await client.inviteUnattended(
            to: space(request), role: role, uses: Int(clamping: request.integer("uses") ?? 1), for: guest,
            lifetime: lifetime ?? .seconds(7 * 24 * 3_600))
    }

    /// Tells how an invitation fares until the guest has everything.
    private func follow(
        _ made: Invitation, _ events: AsyncStream<PeerEvent>, _ shown: ObjectValue, _ emit: @escaping Emit
    ) async throws -> ObjectValue {
        let id = made.id
        for await event in events {
            guard case .invitation(id, let state) = event else { continue }
            switch state {
            case .guestConnected: emit(.record(["event": .plain("guest-connected")]))
            case .attemptFailed(let left):
                emit(.record(["event": .plain("attempt-failed"), "attemptsLeft": .integer(Int64(left))]))
            case .guestRefused(let error):
                emit(.record(["event": .plain("guest-refused"), "reason": .plain("\(error)")]))
            case .admitted(let device):
                emit(.record(["event": .plain("admitted"), "device": .plain("\(device)")]))
            case .finished: return shown.with("state", .plain("finished"))
            case .failed(let error): throw error
            }
        }
        throw CommandFailure(.other, "The client was closed.")
    }

    func cancelInvitation(_ request: ObjectValue) async throws -> ObjectValue {
        let text = try request.required("id")
        guard let id = InvitationID(text) else {
            throw CommandFailure(.malformedInvitation, "\(text) is not the id of an invitation.")
        }
        try await client.cancelInvitation(id)
        return .record(["id": .plain(text), "state": .plain("cancelled")])
    }

    func invitations() async throws -> ObjectValue {
        var names = Dictionary(
            await client.spaces.map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        // It has no name that anybody has given it.
        if let own = await client.haloID { names[own] = "your identity" }
        let people = try await client.names()
        let made: [ObjectValue] =
            await client.invitations.map { invitation in
                var row: [String: ObjectValue] = [
                    "id": .plain(invitation.id.description),
                    "space": .plain(names[invitation.space] ?? invitation.space.description),
                    "kind": .plain(Self.kind(invitation)), "role": .plain(invitation.role.description),
                    "state": .plain(Self.state(invitation)),
                    "uses": .integer(Int64(invitation.uses)),
                    "usesLeft": .integer(Int64(invitation.usesLeft)),
                    "expires": invitation.expires.map { .plain(Timestamp.text($0)) } ?? .null,
                ]
                if let guest = invitation.guest {
                    row["for"] = .plain(DIDKey.encode(guest))
                    if let name = people[guest] { row["forName"] = .plain(name) }
                }
                if let inviter = invitation.inviter {
                    row["inviter"] = .plain(DIDKey.encode(inviter))
                    if let name = people[inviter] { row["inviterName"] = .plain(name) }
                }
                if let left = invitation.attemptsLeft { row["attemptsLeft"] = .integer(Int64(left)) }
                return .record(row)
            }
        return .list(made + (try await letters()))
    }

    private static func kind(_ invitation: InvitationSummary) -> String {
        if invitation.kind == .device { return invitation.isScanned ? "device scan" : "device" }
        if invitation.isUnattended { return "unattended" }
        if invitation.isScanned { return "scan" }
        return invitation.guest == nil ? "code" : "identity"
    }

    private static func state(_ invitation: InvitationSummary) -> String {
        switch invitation.ending {
        case nil: "open"
        case .alreadyUsed?: "used"
        case .expired?: "expired"
        case .cancelled?: "cancelled"
        default: "void"
        }
    }

    // MARK: Joining

    func join(_ request: ObjectValue, _ emit: @escaping Emit) async throws -> ObjectValue {
        let timeout = Duration.seconds(request.integer("timeout") ?? 60)
        if let from = request.string("from") { return try await join(from: from, timeout, emit) }
        let ticket = try InvitationTicket(parsing: request.required("ticket"))
        await client.connect(rendezvous: ticket.rendezvous.compactMap { RendezvousAddress($0) })
        return try await follow(
            try await client.accept(ticket, timeout: timeout), code: request.string("code"), emit)
    }

    /// Tells how an attempt fares until it has succeeded.
    func follow(
        _ attempt: JoinAttempt, code: String?, _ emit: @escaping Emit
    ) async throws -> ObjectValue {
        let number = Int64(bitPattern: attempt.id.rawValue)
        await codes.keep(code, for: number)
        do {
            let result = try await follow(attempt, number, emit)
            await codes.keep(nil, for: number)
            return result
        } catch {
            await codes.keep(nil, for: number)
            throw error
        }
    }

    private func follow(
        _ attempt: JoinAttempt, _ number: Int64, _ emit: @escaping Emit
    ) async throws -> ObjectValue {
        for await state in attempt.states {
            switch state {
            case .connecting: emit(.record(["event": .plain("searching")]))
            case .connected(let inviter): emit(Self.connected(inviter, attempt.ticket.kind))
            case .readyForCode(let inviter, let left):
                let typed = await codes[number]
                // Asked for again on a new connection, the code is typed again; only the host knows it to be
                // wrong.
                if typed != nil, let left {
                    await attempt.cancel()
                    throw InvitationError.wrongCode(attemptsLeft: left)
                }
                if let typed {
                    await attempt.enter(code: typed)
                } else {
                    var event = Self.connected(inviter, attempt.ticket.kind).with(
                        "event", .plain("code-needed"))
                    event = event.with("join", .integer(number))
                    emit(event)
                }
            case .verifying: emit(.record(["event": .plain("authenticating")]))
            case .admitting: emit(.record(["event": .plain("admitting")]))
            case .success(let space, _):
                let name = await client.spaces.first { $0.id == space }?.name
                let isDevice = attempt.ticket.kind == .device
                return .record([
                    "space": .plain(space.description), "name": .plain(name ?? "your identity"),
                    "kind": .plain(isDevice ? "device" : "space"),
                ])
            case .cancelled:
                guard await codes.isMissed(number) else { throw InvitationError.cancelled }
                throw CommandFailure(.badValue, "The invitation needs a code; give it with --code.")
            case .timedOut:
                // Nobody has to answer for one that is long over.
                let isOver = attempt.ticket.expires <= UInt64(max(0, Date.now.timeIntervalSince1970 * 1_000))
                throw isOver ? InvitationError.expired : InvitationError.timedOut
            case .failed(let error): throw error
            case .waiting, .attemptFailed, .guestRefused: break
            }
        }
        throw InvitationError.timedOut
    }

    /// Who invites to what, as far as it is known.
    private static func connected(_ inviter: Inviter?, _ kind: InvitationKind) -> ObjectValue {
        var fields: [String: ObjectValue] = ["event": .plain("connected")]
        if let inviter {
            fields["inviter"] = .plain(inviter.claim.inviter)
            fields["kind"] = .plain(kind == .device ? "device" : "space")
            if kind == .space { fields["space"] = .plain(inviter.claim.space) }
            fields["verified"] = .bool(inviter.isVerified)
            if let identity = inviter.identity { fields["identity"] = .plain(DIDKey.encode(identity)) }
        }
        return .record(fields)
    }

    /// The person has typed the code that an attempt asked for.
    func typeCode(_ request: ObjectValue) async throws -> ObjectValue {
        guard let number = request.integer("join") else {
            throw CommandFailure(.badValue, "A join is needed.")
        }
        let id = JoinID(rawValue: UInt64(bitPattern: number))
        guard let code = request.string("code") else {
            await codes.miss(number)
            await client.giveUp(id)
            return .null
        }
        await codes.keep(code, for: number)
        await client.enter(code: code, for: id)
        return .null
    }
}
