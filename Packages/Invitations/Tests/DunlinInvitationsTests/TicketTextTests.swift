import DunlinEncoding
import DunlinKeys
import Testing

@testable import DunlinInvitations

@Suite struct TicketTextTests {
    let ticket: InvitationTicket
    var texts: [String] { [ticket.text, ticket.link, ticket.qrPayload] }

    init() throws {
        let id = try #require(InvitationID(bytes: [UInt8](repeating: 14, count: 16)))
        let host = try AgreementKey(seed: SecretBytes(copying: [UInt8](repeating: 15, count: 32))).publicKey
        ticket = InvitationTicket(
            id: id, host: host, kind: .space, expires: 1_700_000_600_000,
            rendezvous: ["dunlin-rv://key@192.0.2.1:4400"], addresses: ["192.0.2.2:4401"])
    }

    @Test func `the three texts begin as specified`() {
        let digits = Base32.encode(ticket.encoded())
        #expect(ticket.text == "dunlin:" + digits)
        #expect(ticket.link == "dunlin://join/" + digits)
        #expect(ticket.qrPayload == "DUNLIN://JOIN/" + digits.uppercased())
    }

    /// RFC 3986, appendix A: scheme ":" ("//" reg-name path-abempty / path-rootless), of characters that need
    /// no escape.
    @Test func `each of them is a URI`() throws {
        let uri = /[A-Za-z][A-Za-z0-9+.-]*:(\/\/[A-Za-z0-9._~-]*(\/[A-Za-z0-9._~-]*)*|[A-Za-z0-9._~-]+)/
        for text in texts {
            #expect(try uri.wholeMatch(in: text) != nil)
        }
    }

    @Test func `a QR code holds the payload in its mode for capitals`() {
        let characters = Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
        #expect(ticket.qrPayload.allSatisfy(characters.contains))
    }

    @Test func `a text reads back in any case and with white space around it`() throws {
        for text in texts {
            let mixed = String(
                text.enumerated().map { $0.isMultiple(of: 3) ? Character($1.uppercased()) : $1 })
            for form in [text, text.uppercased(), text.lowercased(), mixed] {
                for (before, after) in [("", ""), (" ", "\n"), ("\r\n\t", "\u{a0}\r\n"), ("\n\n", " ")] {
                    #expect(try InvitationTicket(parsing: before + form + after) == ticket)
                }
            }
        }
    }

    @Test func `a QR code of base 45 still reads`() throws {
        let old = "DUNLIN:" + Base45.encode(ticket.encoded())
        #expect(try InvitationTicket(parsing: old + "\n") == ticket)
        // Its letters have one case only, and no path before them.
        for text in [old.lowercased(), "dunlin:" + old.dropFirst(7), "DUNLIN://JOIN/" + old.dropFirst(7)] {
            #expect(throws: InvitationError.malformedTicket) { try InvitationTicket(parsing: text) }
        }
    }

    @Test func `nothing else is a ticket`() {
        let digits = Base32.encode(ticket.encoded())
        let texts = [
            "", " ", "dunlin", "dunlin:", "dunlin://", "dunlin://join", "dunlin://join/", digits,
            "dunlin:/" + digits, "dunlin://" + digits, "dunlin://join" + digits, "dunlin:join/" + digits,
            "dunlin://leave/" + digits, "dunlin://join//" + digits, "dunlin://join:1/" + digits,
            "dunlin://join/" + digits + "/", "dunlin://join/" + digits + "?a",
            "dunlin://join/" + digits + "#a",
            "dunlin: " + digits, "dunlin:" + digits + "=", "dunlin:" + digits + "aaaaaaaa",
            "dunlin:" + digits.dropLast(), "dunlın:" + digits, "http://join/" + digits, "dunlin-rv:" + digits,
            "dunlin:" + digits.prefix(20) + " " + digits.dropFirst(20), "dunlin:dunlin:" + digits,
            String(repeating: " ", count: 4_096) + ticket.text,
        ]
        for text in texts {
            #expect(throws: InvitationError.malformedTicket) { try InvitationTicket(parsing: text) }
        }
    }

    @Test func `the largest ticket fits into the bound on its text and into a QR code`() throws {
        let long = String(repeating: "x", count: 256)
        let largest = InvitationTicket(
            id: ticket.id, access: ticket.access, kind: .device, expires: .max,
            rendezvous: [long, long, long], addresses: [long, long, long])
        #expect(try InvitationTicket(parsing: largest.link) == largest)
        // With medium correction a code holds 3,391 such characters.
        #expect(largest.qrPayload.utf8.count <= 3_391)
    }
}
