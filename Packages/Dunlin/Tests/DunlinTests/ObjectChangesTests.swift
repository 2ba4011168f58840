import Dunlin
import DunlinObjects
import DunlinSpaces
import Foundation
import Testing

@Suite struct ObjectChangesTests {
    @Test func `changes at a path are told with what differs, and those elsewhere are not`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        let space = try await client.createSpace(named: "Trip")
        let id = try await client.insert(
            .map(["title": .string("Tickets"), "notes": .map(["text": .text("by 👍 train")])]), into: space)

        var changes = await client.changes(of: id, at: "notes", in: space).makeAsyncIterator()
        var whole = await client.changes(of: id, in: space).makeAsyncIterator()
        let first = try #require(try await changes.next())
        #expect(first.value == .map(["text": .text("by 👍 train")]))
        #expect(first.differences.map(\.path) == ["notes"])
        _ = try await whole.next()

        try await client.edit(id, in: space) { editor throws(ObjectError) in
            try editor.put(.string("Trains"), at: "title")
        }
        try await client.edit(id, in: space) { editor throws(ObjectError) in
            try editor.insertText("night ", at: 5, in: "notes/text")
        }
        let second = try #require(try await changes.next())
        #expect(second.value == .map(["text": .text("by 👍 night train")]))
        #expect(second.differences.map(\.path) == ["notes/text"])
        let deltas = try #require(second.differences[0].textDeltas)
        #expect(deltas.map(\.inserted) == ["night "] && deltas.map(\.utf16Position) == [6])

        try await client.edit(id, in: space) { editor throws(ObjectError) in
            try editor.markText(3..<5, "bold", .bool(true), in: "notes/text")
        }
        let marked = try #require(try await changes.next())
        #expect(marked.differences.map(\.newAttributes.count) == [1])

        // Commits before anybody asked are one change.
        let both = try #require(try await whole.next())
        #expect(both.differences.map(\.path) == ["notes/text", "title"])

        try await client.delete(id, in: space)
        #expect(try #require(try await changes.next()).value == nil)
        await client.close()
        #expect(try await changes.next() == nil)
    }

    @Test func `an object can be waited for, and a cancelled reader ends`() async throws {
        let home = ClientTests.temporaryHome()
        defer { try? FileManager.default.removeItem(atPath: home) }
        let client = try await ClientTests.makeClient(home, name: "Ada")
        let space = try await client.createSpace(named: "Trip")
        let id = try #require(ObjectID(bytes: [UInt8](repeating: 5, count: 16)))
        var changes = await client.changes(of: id, at: "n", in: space).makeAsyncIterator()
        #expect(try #require(try await changes.next()).value == nil)
        try await client.commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(id) { editor throws(ObjectError) in try editor.put(.integer(7), at: "n") }
        }
        #expect(try #require(try await changes.next()).value == .integer(7))

        let endless = await client.changes(of: id, in: space)
        let task = Task {
            var count = 0
            for try await _ in endless { count += 1 }
            return count
        }
        try await Task.sleep(for: .milliseconds(50))
        task.cancel()
        #expect(try await task.value <= 1)
        await client.close()
    }
}
