import ArgumentParser
import DunlinEncoding
import DunlinInvitations
import DunlinObjects
import Foundation
import Synchronization

struct InviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite", abstract: "Invite somebody to a space, or another device.",
        subcommands: [Create.self, Cancel.self, DeclineLetter.self], defaultSubcommand: Create.self)

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Open an invitation, and wait for the guest; ^C ends it.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The space; none with --device.") var space: String?
        @Flag(help: "Invite a device of your own identity.") var device = false
        @Flag(help: "Any member lets the guest in; the invitation holds the secret, there is no code.")
        var unattended = false
        @Flag(help: "The QR code holds the code, too: whoever scans it here types nothing.") var scan = false
        @Option(help: "With --unattended: how many devices may come in.") var uses: Int64 = 1
        @Option(name: .customLong("for"), help: "Only this identity, did:key:…; there is no code.")
        var guest: String?
        @Option(help: "What the guest may do: admin, editor (which is what it else is) or reader.")
        var role: String?
        @Option(help: "How long it lasts, like 10m, 12h or 7d: at most 24h (10m), unattended 366d (7d).")
        var expires: String?
        @Option(help: .hidden) var minutes: Int64?
        @Flag(
            help:
                "Do not wait for the guest: it stays open, and `dunlin sync` on this home answers."
        )
        var noWait = false
        @OptionGroup var drawing: DrawingOptions

        func run() async throws {
            let drawings = InvitationDrawings(drawing)
            try await reporting(options) { session throws(CommandFailure) in
                var session = session
                session.printer.drawings = drawings
                let printer = session.printer
                // Somebody else answers an unattended one.
                let waits = !noWait && !unattended
                let request = try request(waits: waits)
                try drawings.check()
                let result: ObjectValue
                if waits {
                    result = try await wait(session, request)
                } else {
                    result = try await session.run(request, network: true)
                }
                if !waits {
                    printer.invitation(result)
                    remind(of: result, printer)
                } else if printer.isJSON {
                    printer.result(result)
                } else {
                    printer.line("The guest is in.")
                }
            }
            // It was told when it happened.
            if drawings.hasFailed { throw ExitCode(CommandFailure.Code.storage.rawValue) }
        }

        /// Waits for the guest; ^C ends the invitation, and the waiting with it.
        private func wait(
            _ session: Session, _ request: ObjectValue
        ) async throws(CommandFailure) -> ObjectValue {
            let isInterrupted = Mutex(false)
            do throws(CommandFailure) {
                return try await session.run(request, network: true) { event, ask in
                    session.printer.event(event)
                    guard event.string("event") == "invitation", let id = event.string("id") else { return }
                    if !session.printer.isJSON {
                        session.printer.remark("Waiting for the guest; ^C ends the invitation.")
                    }
                    let interrupt = InterruptSignal()
                    ask {
                        interrupt.block()
                        isInterrupted.withLock { $0 = true }
                        return DunlinCommandLine.request("invite cancel", ["id": .plain(id)])
                    }
                }
            } catch {
                guard isInterrupted.withLock({ $0 }) else { throw error }
                throw CommandFailure(.interrupted, "The invitation is cancelled; nobody gets in with it.")
            }
        }

        /// Nobody waits here: whoever made it is told what is left open.
        private func remind(of invitation: ObjectValue, _ printer: Printer) {
            guard !printer.isJSON, let id = invitation.string("id") else { return }
            let end = Printer.cell(invitation["expires"] ?? .null, "expires")
            let host = unattended ? "any member that runs `dunlin sync`" : "`dunlin sync` on this home"
            printer.remark(
                "It stays open until \(end), and is answered by \(host). "
                    + "`dunlin invite cancel \(id)` ends it."
            )
        }

        private func request(waits: Bool) throws(CommandFailure) -> ObjectValue {
            guard device != (space != nil) else {
                throw CommandFailure(.usage, "Name a space, or say --device.")
            }
            guard !device || (!unattended && guest == nil) else {
                throw CommandFailure(.usage, "A device is invited with a code, by somebody who is there.")
            }
            guard !device || role == nil else {
                throw CommandFailure(.usage, "A device may do what its identity may; leave out --role.")
            }
            guard !scan || (!unattended && guest == nil) else {
                throw CommandFailure(.usage, "--scan is instead of a code; here there is none.")
            }
            guard uses == 1 || unattended else {
                throw CommandFailure(.usage, "An invitation for several is --unattended.")
            }
            return DunlinCommandLine.request(
                "invite",
                [
                    "space": space.plain, "role": .plain(role ?? "editor"),
                    "seconds": try seconds().map { .integer($0) },
                    "device": .bool(device), "wait": .bool(waits), "unattended": .bool(unattended),
                    "uses": .integer(uses), "for": guest.plain, "scan": .bool(scan),
                ])
        }

        private func seconds() throws(CommandFailure) -> Int64? {
            guard let time = expires ?? minutes.map({ "\($0)m" }) else { return nil }
            return try Lifetime.seconds(
                time, limit: unattended ? 366 * Lifetime.day : Lifetime.day,
                named: unattended ? "366d" : "24h")
        }
    }

    struct Cancel: RequestCommand {
        static let configuration = CommandConfiguration(abstract: "End an open invitation.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: "The invitation's id, as `dunlin invitations` shows it.") var id: String
        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("invite cancel", ["id": .plain(id)])
        }
    }
}

struct InvitationsCommand: RequestCommand {
    static let configuration = CommandConfiguration(
        commandName: "invitations",
        abstract:
            "List invitations: open ones of this home, those that any member answers, and received ones.",
        discussion: """
            Kinds: code, scan, identity (`--for`), device, device scan, unattended (also what `space add` \
            leaves), and letter: what a contact has left for you. Those of the first five kinds are known to \
            the home alone that has made them, and go from the list when they are over.
            """)
    @OptionGroup var options: GlobalOptions
    func request() throws(CommandFailure) -> ObjectValue { DunlinCommandLine.request("invitations") }
}

struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join", abstract: "Accept an invitation to a space, or as a new device.")
    @OptionGroup var options: GlobalOptions
    @Argument(help: "The invitation: dunlin:… or dunlin://join/…") var ticket: String?
    @Option(help: "Instead: a contact who has invited you, or the id of a received invitation.")
    var from: String?
    @Option(help: "The six digits; else they are asked for.") var code: String?
    @Option(help: "Seconds to wait for the host (300; with --code 60; 15 when it says that it is over).")
    var timeout: Int64?

    func run() async throws {
        try await reporting(options) { session throws(CommandFailure) in
            guard (ticket == nil) != (from == nil) else {
                throw CommandFailure(.usage, "Give an invitation, or say --from CONTACT.")
            }
            var code = code
            // Whoever looks for the code takes longer.
            var patience: Int64 = code == nil ? 300 : 60
            if let ticket {
                let parsed: InvitationTicket
                do { parsed = try InvitationTicket(parsing: ticket) } catch { throw CommandFailure(error) }
                if let typed = code, parsed.needsCode {
                    guard let digits = Self.digits(of: typed) else {
                        throw CommandFailure(.badValue, "A code has six digits; copy it again.")
                    }
                    code = digits
                }
                // The host decides, by its own clock; but of one that is over nobody may be left who tells.
                if Double(parsed.expires) <= Date.now.timeIntervalSince1970 * 1_000 {
                    patience = 15
                    if !session.printer.isJSON {
                        session.printer.remark("By this clock the invitation is over; asking all the same.")
                    }
                }
            }
            let timeout = timeout ?? patience
            let request = DunlinCommandLine.request(
                "join",
                [
                    "ticket": ticket.plain, "from": from.plain, "code": code.plain,
                    "timeout": .integer(timeout),
                ])
            let result = try await session.run(request, network: true) { event, ask in
                guard event.string("event") == "code-needed", let join = event.integer("join") else {
                    return session.printer.event(event)
                }
                if session.printer.isJSON { session.printer.event(event) }
                ask {
                    let code = Self.code(of: event, session.printer)
                    return DunlinCommandLine.request(
                        "join code", ["join": .integer(join), "code": code.plain])
                }
            }
            session.printer.result(result)
        }
    }

    /// Asks for the code, once the person was told who claims to invite.
    private static func code(of event: ObjectValue, _ printer: Printer) -> String? {
        if !printer.isJSON {
            let inviter = Printer.harmless(event.string("inviter") ?? "")
            let what =
                event.string("space").map { "to “\(Printer.harmless($0))”" }
                ?? "this home as a device of the same identity"
            printer.remark("“\(inviter)” invites \(what); not verified until the code was checked.")
        }
        printer.remark("Code:")
        while let typed = readLine() {
            if let digits = digits(of: typed) { return digits }
            printer.remark("A code has six digits. Code:")
        }
        return nil
    }

    /// What is no code would use up one of three attempts.
    private static func digits(of typed: String) -> String? {
        let digits = typed.filter { !" -".contains($0) }
        guard digits.utf8.count == 6, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return digits
    }
}
