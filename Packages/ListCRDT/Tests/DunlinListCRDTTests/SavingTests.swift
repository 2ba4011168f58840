import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinSequences
import Testing

@Suite struct SavingTests {
    private struct Unreachable: Error, CustomStringConvertible {
        var description: String { "the disk is gone" }
    }

    private static func makeList() throws -> List {
        var a = List(replica: .number(1)), b = List(replica: .number(2))
        for number in 0..<20 {
            try a.insert(.unsigned(UInt64(number)), at: number / 2)
            try b.insert(.text(UTF8String("\(number)")), at: number / 3)
        }
        try a.delete(3..<8)
        try b.move(2..<4, to: 9)
        try b.set(contentsOf: [.bool(true), .text("set")], at: 5)
        try a.merge(b.encode())
        try a.move(from: 7, to: 1)
        try a.insert(.null, at: 4)
        return a
    }

    @Test func `a list is read without its history, and asks for it once it is needed`() throws {
        let list = try Self.makeList()
        var opened = try List(loading: list.savedContent(), replica: .number(3)) { throw Unreachable() }
        #expect(opened.elements == list.elements && opened.version == list.version && opened[4] == .null)
        let missing = ListError.historyUnavailable("the disk is gone")
        #expect(throws: missing) { try opened.insert(.null, at: 0) }
        #expect(throws: missing) { try opened.insert(contentsOf: [.null], at: 0) }
        #expect(throws: missing) { try opened.delete(0..<1) }
        #expect(throws: missing) { try opened.open() }
        try opened.insert(contentsOf: [], at: 1)
        try opened.set(contentsOf: [], at: 1)
        #expect(throws: missing) { try opened.merge(list.encode()) }
        #expect(throws: missing) { try opened.encode() }
        #expect(throws: missing) { try opened.savedHistory() }
        #expect(throws: missing) { try opened.elements(at: VersionVector()) }
        #expect(opened.elements == list.elements && opened.savedContent() == list.savedContent())
    }

    @Test func `an opened list is saved, edited and merged like the one that was saved`() throws {
        var list = try Self.makeList()
        var opened = try ListWorld.reopened(list, replica: .number(1))
        #expect(try opened.savedHistory() == list.savedHistory())
        #expect(try opened.encode() == list.encode())
        for place in [0, 7, 2] {
            try list.insert(.bool(true), at: place)
            try opened.insert(.bool(true), at: place)
        }
        try list.delete(1..<9)
        try opened.delete(1..<9)
        #expect(opened.elements == list.elements)
        #expect(try opened.encode() == list.encode())
    }

    @Test func `the history of another version is refused`() throws {
        let list = try Self.makeList()
        var other = list
        try other.insert(.null, at: 0)
        let history = try other.savedHistory()
        var opened = try List(loading: list.savedContent(), replica: .number(3)) { history }
        #expect(throws: ListError.historyOfAnotherVersion) { try opened.delete(0..<1) }
        #expect(opened.elements == list.elements)
        let older = try list.savedHistory()
        opened = try List(loading: other.savedContent(), replica: .number(3)) { older }
        #expect(throws: ListError.historyOfAnotherVersion) { try opened.encode() }
        #expect("\(ListError.historyOfAnotherVersion)".contains("save and load both together"))
    }

    @Test(arguments: [1, 2])
    func `a history of other events than its operations have is refused`(units: Int) throws {
        var graph = CausalGraph(), log = SequenceLog(), content = ByteWriter(), history = ByteWriter()
        try graph.append(replica: .number(1), sequence: 0, count: 2)
        log.append(
            SequenceLog.Run(
                .insert, start: 0, count: units, position: 0, isVoid: false, isLinear: true, lengthBefore: 0))
        content.varint(0)
        content.sized(graph.versionVector.encoded())
        // As many times null.
        content.raw([UInt8(units), UInt8(units), 0])
        history.varint(0)
        EventBatch(of: graph, in: [0..<2]).write(&history)
        log.write(&history)
        history.raw([UInt8(units), 0])
        let bytes = SavedHistory(history.bytes, of: content.bytes).encoded()
        var list = try List(loading: content.bytes, replica: .number(3)) { bytes }
        do throws(ListError) {
            try list.insert(.null, at: 0)
            #expect(units == 2 && list.count == 3)
        } catch { #expect(units == 1 && error == .malformed) }
    }

    @Test func `a saved content that is cut short or changed is refused, or is never edited`() throws {
        let original = try Self.makeList()
        let bytes = original.savedContent(), history = try original.savedHistory()
        for end in bytes.indices {
            #expect(throws: ListError.malformed) {
                try List(loading: Array(bytes[..<end]), replica: .number(3)) { [] }
            }
        }
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            guard var list = try? List(loading: changed, replica: .number(3), history: { history }) else {
                continue
            }
            #expect(list.elements.count == list.count)
            do throws(ListError) {
                try list.insert(.null, at: 0)
                Issue.record("bit \(bit) was not missed")
            } catch {
                #expect(error == .damagedContent || error == .historyOfAnotherVersion, "bit \(bit)")
            }
        }
        var rebuilt = try List(rebuildingFrom: history, replica: .number(3))
        #expect(rebuilt.savedContent() == bytes)
        #expect(try rebuilt.savedHistory() == history)
        try rebuilt.insert(.null, at: 2)
        var copy = original
        try copy.merge(rebuilt.encode(since: copy.version))
        #expect(copy.elements == rebuilt.elements)
    }

    @Test func `a saved history that is cut short or changed gives an error or a list, never a trap`() throws
    {
        let list = try Self.makeList()
        let content = list.savedContent(), bytes = try list.savedHistory()
        for end in bytes.indices {
            let cut = Array(bytes[..<end])
            var opened = try List(loading: content, replica: .number(3)) { cut }
            #expect(throws: ListError.malformed) { try opened.delete(0..<1) }
            #expect(opened.elements == list.elements)
        }
        var stranger = List(replica: .number(4))
        try stranger.merge(list.encode())
        try stranger.insert(.null, at: 3)
        try stranger.delete(5..<9)
        try stranger.move(from: 2, to: 6)
        try stranger.set(.null, at: 4)
        let update = try stranger.encode()
        for bit in 0..<(bytes.count - 16) * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let damaged = changed
            var refused = try List(loading: content, replica: .number(3)) { damaged }
            #expect(throws: ListError.malformed) { try refused.insert(.null, at: 0) }
            // As an attacker would send it.
            let history = SavedHistory(Array(changed.dropLast(16)), of: content).encoded()
            var opened = try List(loading: content, replica: .number(3)) { history }
            do throws(ListError) {
                try opened.insert(.null, at: 0)
                try opened.merge(update)
                _ = try opened.encode()
                _ = try opened.elements(at: list.version)
                #expect(opened.elements.count == opened.count)
            } catch { #expect(opened.elements.count == opened.count) }
        }
    }

    @Test func `a content that holds less than its history says is edited and merged, and never traps`()
        throws
    {
        var a = List(replica: .number(1)), b = List(replica: .number(2))
        try a.insert(contentsOf: (0..<9).map { .unsigned($0) }, at: 0)
        try b.merge(a.encode())
        let common = a.version
        try a.insert(.null, at: 9)
        let history = try a.savedHistory(), version = a.version
        var writer = ByteWriter()
        writer.varint(0)
        writer.sized(version.encoded())
        writer.varint(1)
        CBORColumn.write([.null], &writer)
        let forged = SavedHistory(Array(history.dropLast(16)), of: writer.bytes).encoded()
        try b.move(from: 8, to: 3)
        try b.set(.null, at: 8)
        try b.move(from: 1, to: 8)
        try b.delete(2..<8)
        let update = try b.encode(since: common)
        var list = try List(loading: writer.bytes, replica: .number(1)) { forged }
        try list.insert(.null, at: 0)
        try list.merge(update)
        try list.forgetHistory(before: list.version)
        try list.move(from: 0, to: list.count - 1)
        #expect(list.elements.count == list.count)
    }
}
