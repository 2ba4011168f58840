import Dunlin
import DunlinKeys
import Foundation
import Testing

struct Todo: DunlinObject {
    var title: String
    var notes: CollaborativeText
    var done = false
}

/// The example of the repository's own README.
@Suite struct RootReadmeExample {
    @Test(.timeLimit(.minutes(1))) func `the example of the front page does what it says`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let client = try await Client.create(at: path, passphrase: passphrase)
        let phrase = try await client.createIdentity(displayName: "Ada")  // show it once
        let space = try await client.createSpace(named: "Trip")
        let id = try await client.insert(Todo(title: "Tickets", notes: "by train"), into: space)
        try await client.update(id, as: Todo.self, in: space) { $0.notes.insert("night ", at: 3) }
        #expect(phrase.count == 12)
        for try await todos in await client.updates(Todo.self, in: space) {
            print(todos.count)
            #expect(todos.map(\.object.notes.string) == ["by night train"])
            break
        }
        await client.close()
    }
}
