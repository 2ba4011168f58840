import DunlinCausality
import DunlinEncoding
import DunlinObjects
import Synchronization
import Testing

/// A history at rest, and how often it was asked for.
private final class Rest: Sendable {
    private struct Unreadable: Error {}

    private let history: [UInt8]
    private let state = Mutex((asked: 0, isReadable: true))

    init(_ history: [UInt8]) { self.history = history }

    var asked: Int { state.withLock { $0.asked } }
    func setReadable(_ isReadable: Bool) { state.withLock { $0.isReadable = isReadable } }

    func read() throws -> [UInt8] {
        try state.withLock { state in
            state.asked += 1
            if !state.isReadable { throw Unreadable() }
        }
        return history
    }

    func load(_ content: [UInt8]) throws -> ObjectDocument {
        try ObjectDocument(loading: content) { [self] in try read() }
    }
}

@Suite struct SavingTests {
    /// Two replicas with all kinds of containers, and what each has not seen of the other.
    private static func replicas(_ random: inout SeededGenerator, rounds: Int = 12) throws -> [Replica] {
        var replicas = [try Replica(1), try Replica(2)]
        if Bool.random(using: &random) {
            // So much that the history is saved apart.
            try replicas[0].edit { editor in
                try editor.put(.text(String(repeating: "wörd 👍 ", count: 300)), at: "notes")
            }
            for delivery in replicas[0].sent { _ = try replicas[1].receive(delivery) }
        }
        for round in 0..<rounds {
            for index in 0..<2 {
                try replicas[index].edit { try ObjectConvergenceTests.randomEdit(&$0, &random) }
            }
            guard round < rounds - 3 else { continue }
            let from = Int.random(in: 0..<2, using: &random)
            for delivery in replicas[from].sent {
                guard try replicas[1 - from].receive(delivery) else { break }
            }
        }
        return replicas
    }

    private static func expectSame(_ a: ObjectDocument, _ b: ObjectDocument, _ seed: UInt64) {
        let isSame = a.canonicalState() == b.canonicalState() && a.root() == b.root()
        #expect(isSame, "seed \(seed)")
        #expect(a.versionVector == b.versionVector, "seed \(seed)")
        #expect(a.frontier == b.frontier, "seed \(seed)")
        #expect(a.isEmpty == b.isEmpty && a.isDeleted == b.isDeleted && a.type == b.type, "seed \(seed)")
        for path: ObjectPath in ["a", "b", "notes", "list", "n", "list/0"] {
            let isSame =
                a.value(at: path) == b.value(at: path) && a.conflicts(at: path) == b.conflicts(at: path)
                && a.text(at: path)?.count == b.text(at: path)?.count
            #expect(isSame, "seed \(seed), \(path)")
        }
    }

    @Test func `an object takes no more than 120 bytes beside what it has in the heap`() {
        // What few objects need belongs into a box: each open one pays for a field here.
        #expect(MemoryLayout<ObjectDocument>.stride <= 120)
    }

    @Test(arguments: Seeds.first(60))
    func `what is loaded reads, edits and merges as if it had never been saved`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        let replicas = try Self.replicas(&random)
        var kept = replicas[0], loaded = replicas[0]
        let content = kept.document.savedContent(), history = try kept.document.savedHistory()
        let rest = Rest(history)
        loaded.document = try rest.load(content)
        Self.expectSame(loaded.document, kept.document, seed)
        #expect(loaded.document.savedContent() == content, "seed \(seed)")
        #expect(rest.asked == 0 && loaded.document.hasHistory == history.isEmpty, "seed \(seed)")

        if Bool.random(using: &random) {
            var same = random
            try kept.edit { try ObjectConvergenceTests.randomEdit(&$0, &random) }
            try loaded.edit { try ObjectConvergenceTests.randomEdit(&$0, &same) }
            #expect(loaded.sent.last?.change == kept.sent.last?.change, "seed \(seed)")
        }
        for delivery in replicas[1].sent {
            #expect(try loaded.receive(delivery) == kept.receive(delivery), "seed \(seed)")
        }
        Self.expectSame(loaded.document, kept.document, seed)
        #expect(rest.asked == (history.isEmpty ? 0 : 1), "seed \(seed)")
        #expect(loaded.document.savedContent() == kept.document.savedContent(), "seed \(seed)")
        #expect(try loaded.document.savedHistory() == kept.document.savedHistory(), "seed \(seed)")
        let whole = try ObjectDocument(loading: loaded.document.saved())
        Self.expectSame(whole, kept.document, seed)
    }

    @Test func `a history that cannot be had changes nothing, and comes later`() throws {
        var writer = try Replica(1)
        try writer.edit { try $0.put(.text(String(repeating: "word ", count: 400)), at: "notes") }
        let rest = Rest(try writer.document.savedHistory())
        var document = try rest.load(writer.document.savedContent())
        rest.setReadable(false)
        func insert(_ document: inout ObjectDocument) throws {
            _ = try document.edit(replica: writer.id, firstSequence: writer.next) {
                (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.insertText("!", at: 0, in: "notes")
            }
        }
        let refusal = ObjectError.historyUnavailable("Unreadable()")
        #expect(throws: refusal) { try insert(&document) }
        #expect(throws: refusal) {
            try document.apply(
                Change(decoding: writer.sent[0].change), replica: writer.id, firstSequence: writer.next,
                parents: document.frontier)
        }
        #expect(throws: refusal) { try document.authorship(of: 0..<4, inTextAt: "notes") }
        #expect(throws: refusal) { try document.savedHistory() }
        #expect(throws: refusal) { try document.saved() }
        Self.expectSame(document, writer.document, 0)
        #expect(document.savedContent() == writer.document.savedContent())
        rest.setReadable(true)
        // An edit that changes nothing needs no history.
        let asked = rest.asked
        _ = try document.edit(replica: writer.id, firstSequence: writer.next) {
            (editor: inout ObjectEditor) throws(ObjectError) in
            try editor.put(.text(String(repeating: "word ", count: 400)), at: "notes")
        }
        #expect(rest.asked == asked)
        try insert(&document)
        #expect(rest.asked == asked + 1 && document.text(at: "notes")?.string(in: 0..<3) == "!wo")
        #expect(try document.authorship(of: 0..<2, inTextAt: "notes").count == 2)
        #expect(rest.asked == asked + 1)
    }

    @Test func `the history of another version or object is refused`() throws {
        var writer = try Replica(1)
        try writer.edit { try $0.put(.text(String(repeating: "word ", count: 400)), at: "notes") }
        let older = try writer.document.savedHistory()
        try writer.edit { try $0.insertText("!", at: 0, in: "notes") }
        var document = try ObjectDocument(loading: writer.document.savedContent())
        #expect(throws: ObjectError.historyUnavailable("nobody gave it")) { try document.open() }
        var other = try Array(writer.document.savedHistory().dropLast(16))
        other[1] ^= 1
        other = SavedHistory(other, of: writer.document.savedContent()).encoded()
        let another = ObjectError.historyOfAnotherVersion
        #expect("\(another)".contains("save and load both together"))
        for (history, refusal) in [
            (older, another), (other, another), ([], .malformed),
            (writer.document.savedContent(), .malformed),
        ] {
            #expect(throws: refusal) { try document.open(history: history) }
            #expect(!document.hasHistory && document.graph.isEmpty)
        }
        document = try ObjectDocument(loading: writer.document.savedContent()) { older }
        #expect(throws: another) { try document.open() }
        try document.open(history: writer.document.savedHistory())
        #expect(document.hasHistory && document.graph.count == 2_002)
    }

    @Test func `a small history stays with the content, a long one of fields alone does not`() throws {
        var writer = try Replica(1)
        for number in 0..<100 { try writer.edit { try $0.put(.integer(Int64(number)), at: "n") } }
        #expect(try writer.document.savedHistory().isEmpty)
        #expect(try ObjectDocument(loading: writer.document.savedContent()).hasHistory)
        for number in 0..<500 { try writer.edit { try $0.put(.integer(Int64(number)), at: "n") } }
        #expect(try writer.document.savedHistory().count > 1_024)
        #expect(writer.document.savedContent().count < 100)
    }

    /// With the checksum of what is before it, as whoever can write the bytes can make it.
    static func withChecksum(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(Array(bytes.dropLast(8)))
        writer.endWithChecksum()
        return writer.bytes
    }

    @Test func `content and history of one version that were not saved together are refused`() throws {
        var writer = try Replica(1)
        try writer.edit { try $0.put(.text(String(repeating: "word ", count: 400)), at: "notes") }
        let content = writer.document.savedContent(), history = try writer.document.savedHistory()
        let place = try #require(content.firstIndex(of: UInt8(ascii: "w")))
        var other = content
        other[place] ^= 1
        let damaged = other
        #expect(throws: ObjectError.bytes(.damaged)) { try ObjectDocument(loading: damaged) }
        var document = try ObjectDocument(loading: Self.withChecksum(damaged))
        #expect(throws: ObjectError.historyOfAnotherVersion) { try document.open(history: history) }
        var flipped = history
        flipped[flipped.count / 2] ^= 1
        document = try ObjectDocument(loading: content)
        #expect(throws: ObjectError.bytes(.damaged)) { try document.open(history: flipped) }
        try document.open(history: history)
    }

    @Test(arguments: Seeds.first(8))
    func `damage is refused, and with checksums that fit read wrongly, and never traps`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        let replicas = try Self.replicas(&random)
        let content = replicas[0].document.savedContent()
        let history = try replicas[0].document.savedHistory()
        for round in 0..<400 {
            var content = content, history = history
            switch round % 4 {
            case 0: content.removeLast(Int.random(in: 1...content.count, using: &random))
            case 1 where !history.isEmpty:
                history.removeLast(Int.random(in: 1...history.count, using: &random))
            case 2 where !history.isEmpty:
                history[Int.random(in: 0..<history.count, using: &random)] ^= UInt8.random(
                    in: 1...255, using: &random)
            default:
                content[Int.random(in: 0..<content.count, using: &random)] ^= UInt8.random(
                    in: 1...255, using: &random)
            }
            let (cut, changed) = (content, history)
            #expect(throws: ObjectError.self, "seed \(seed), round \(round)") {
                var document = try ObjectDocument(loading: cut, history: { changed })
                try document.open()
            }
            content = Self.withChecksum(content)
            let damaged =
                history.isEmpty ? [] : SavedHistory(Array(history.dropLast(16)), of: content).encoded()
            guard var document = try? ObjectDocument(loading: content, history: { damaged }) else { continue }
            let shown = document.canonicalState(), root = document.root()
            guard (try? document.open()) != nil else {
                #expect(document.graph.isEmpty && document.canonicalState() == shown, "seed \(seed)")
                continue
            }
            // Both parts tell what marks show; of all else only the content does.
            let isSame = document.root() == root
            #expect(isSame, "seed \(seed)")
            for delivery in replicas[1].sent {
                let parents = document.frontier
                if let change = try? Change(decoding: delivery.change) {
                    try? document.apply(
                        change, replica: delivery.replica, firstSequence: delivery.sequence, parents: parents)
                }
            }
            _ = try? document.authorship(of: 0..<9, inTextAt: "notes")
            _ = try document.saved()
        }
    }
}
