import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinSpaces
import Testing

@testable import DunlinIdentity

@Suite struct LetterTests {
    private static let common = SpaceID.blake2b([1]), target = SpaceID.blake2b([2])

    private static func ticket(_ random: inout SeededRandom) throws -> InvitationTicket {
        let secret = try InvitationSecret.make(random: &random)
        return InvitationTicket(
            id: secret.id, access: .secret(secret, space: target, genesis: SpaceID.blake2b([3])),
            kind: .space,
            expires: 1_700_000_000_000, rendezvous: [], addresses: ["127.0.0.1:9"])
    }

    @Test func `a letter opens for each device that it is for, and for nobody else`() throws {
        var random = SeededRandom(seed: 1)
        let phone = try AgreementKey.make(random: &random), laptop = try AgreementKey.make(random: &random)
        let other = try AgreementKey.make(random: &random)
        let feed = try SigningKey.make(random: &random).publicKey
        let ticket = try Self.ticket(&random), id = LetterID(of: ticket.id, in: Self.common, from: feed)
        let sealed = try SealedLetter(
            ticket, named: "Surprise party", id: id, to: [phone.publicKey, laptop.publicKey],
            random: &random)
        let read = try #require(SealedLetter(decoding: sealed.encoded))
        for key in [phone, laptop] {
            let opened = try #require(read.opened(with: key, id: id))
            #expect(opened.ticket == ticket && opened.name == "Surprise party")
            #expect(read.box(for: key.publicKey, id: id) != nil)
        }
        #expect(read.opened(with: other, id: id) == nil && read.box(for: other.publicKey, id: id) == nil)
        // Nothing of where it leads is in it.
        for secret in [Self.target.bytes, ticket.id.bytes, Array("Surprise".utf8)] {
            let bytes = read.encoded
            #expect(!bytes.indices.contains { bytes[$0...].starts(with: secret) })
        }
        // Longer names make no longer letters.
        let long = try SealedLetter(
            ticket, named: String(repeating: "x", count: 200), id: id,
            to: [phone.publicKey, laptop.publicKey],
            random: &random)
        #expect(long.encoded.count == read.encoded.count)
    }

    @Test func `the id of a letter belongs to one space, one sender and one invitation`() throws {
        var random = SeededRandom(seed: 2)
        let feeds = try (0..<2).map { _ in try SigningKey.make(random: &random).publicKey }
        let invitations = try (0..<2).map { _ in try Self.ticket(&random).id }
        var ids: Set<LetterID> = []
        for space in [Self.common, Self.target] {
            for feed in feeds {
                for invitation in invitations { ids.insert(LetterID(of: invitation, in: space, from: feed)) }
            }
        }
        #expect(ids.count == 8)
        #expect(ids.allSatisfy { LetterID($0.description) == $0 })
        #expect(LetterID("aa") == nil)
    }

    @Test func `changed and truncated letters are none`() throws {
        var random = SeededRandom(seed: 3)
        let phone = try AgreementKey.make(random: &random)
        let feed = try SigningKey.make(random: &random).publicKey
        let ticket = try Self.ticket(&random), id = LetterID(of: ticket.id, in: Self.common, from: feed)
        let sealed = try SealedLetter(ticket, named: "S", id: id, to: [phone.publicKey], random: &random)
        let bytes = sealed.encoded
        for index in stride(from: 12, to: bytes.count, by: 37) {
            var changed = bytes
            changed[index] ^= 1
            let letter = SealedLetter(decoding: changed)
            #expect(letter?.opened(with: phone, id: id) == nil, "byte \(index)")
            #expect(SealedLetter(decoding: Array(bytes[..<index])) == nil)
        }
        #expect(SealedLetter(decoding: [UInt8](repeating: 0x80, count: SealedLetter.byteLimit + 1)) == nil)
        // A name that could steer a terminal.
        let content = CBORValue.fields([
            (1, .unsigned(1)), (2, .bytes(ticket.encoded())), (3, .text("\u{1b}[2J")),
        ])
        let padded = Padding.pad(content.encoded(), blockSize: SealedLetter.blockByteCount)
        var forged = sealed
        forged.boxes[0].box = try SealedBox.seal(
            SecretBytes(copying: padded), to: phone.publicKey, random: &random)
        #expect(forged.opened(with: phone, id: id) == nil)
    }

    @Test func `a letter has one box of a device, and none that is of no length of a box`() throws {
        var random = SeededRandom(seed: 4)
        let phone = try AgreementKey.make(random: &random)
        let feed = try SigningKey.make(random: &random).publicKey
        let ticket = try Self.ticket(&random), id = LetterID(of: ticket.id, in: Self.common, from: feed)
        let key = phone.publicKey
        let good = try SealedLetter(ticket, named: "S", id: id, to: [key, key], random: &random)
        #expect(good.boxes.count == 1 && SealedLetter(decoding: good.encoded) != nil)
        // Whoever receives would try one after the other.
        var many = good
        many.boxes = (0..<32).map { _ in (good.boxes[0].tag, random.bytes(good.boxes[0].box.count)) }
        #expect(SealedLetter(decoding: many.encoded) == nil)
        for blocks in 0...6 {
            for more in [-1, 0, 1] where blocks * 1_024 + 48 + more >= 0 {
                var odd = good
                odd.boxes[0].box = random.bytes(blocks * 1_024 + 48 + more)
                let isRead = SealedLetter(decoding: odd.encoded) != nil
                #expect(isRead == (more == 0 && (1...5).contains(blocks)), "\(blocks), \(more)")
            }
        }
    }

    @Test func `a letter is opened once, whatever comes of it, and forgotten when it is gone`() throws {
        var random = SeededRandom(seed: 5), opened = OpenedLetters()
        let phone = try AgreementKey.make(random: &random)
        let feed = try SigningKey.make(random: &random).publicKey
        let ticket = try Self.ticket(&random), id = LetterID(of: ticket.id, in: Self.common, from: feed)
        let good = try SealedLetter(ticket, named: "S", id: id, to: [phone.publicKey], random: &random)
        var bad = good
        bad.boxes[0].box[40] ^= 1
        for _ in 0..<3 {
            #expect(opened.content(of: good, id: id, for: phone)?.ticket == ticket)
            #expect(opened.content(of: bad, id: id, for: phone) == nil)
            opened.endPass()
        }
        #expect(opened.attemptCount == 2)
        // The same box under another expiry is another letter.
        var late = good
        late.expires += 1
        #expect(opened.content(of: late, id: id, for: phone) == nil)
        opened.endPass()
        #expect(opened.content(of: good, id: id, for: phone)?.name == "S")
        #expect(opened.attemptCount == 4)
    }
}
