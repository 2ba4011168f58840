import Dunlin
import DunlinKeys
import Foundation
import Testing

struct Note: DunlinObject {
    var title: String
    var text: CollaborativeText
}

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("dunlin-\(UUID())").path
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let client = try await Client.create(at: home, passphrase: passphrase, profile: .test)
        let phrase = try await client.createIdentity(displayName: "Ada")
        let space = try await client.createSpace(named: "Trip")
        let id = try await client.insert(Note(title: "Tickets", text: "by train"), into: space)
        try await client.update(id, as: Note.self, in: space) { $0.text.insert("night ", at: 3) }
        let notes = try await client.fetch(Note.self, in: space)
        for try await change in await client.changes(of: id, at: "text", in: space) {
            #expect(change.value == .text("by night train"))
            break
        }
        #expect(phrase.count == 12)
        #expect(notes.map(\.object.text.string) == ["by night train"])
        await client.close()
    }
}
