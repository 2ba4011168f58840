import ArgumentParser
import DunlinEncoding
import DunlinFeeds
import DunlinFeedsSQLite
import DunlinKeys
import Foundation
import GRDB

/// Signed, durable appends against a bare table of the same database with the same synchronisation.
struct FeedBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "feeds", abstract: "Durable appends a second, against bare SQLite.")
    @Option(help: "Appends, each durable before the next.") var appends = 2_000
    @Option(help: "Bytes of a block.") var bytes = 200

    func validate() throws {
        guard appends > 0, bytes > 0 else { throw ValidationError("--appends and --bytes are at least 1.") }
    }

    func run() throws {
        let folder = NSTemporaryDirectory() + "dunlin-bench-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var random = SystemRandom()
        let key = try SigningKey.make(random: &random)
        let store = try SQLiteFeedStore(path: folder + "/feeds.sqlite")
        var state = FeedState(
            FeedDescriptor(space: Digest.blake2b([1]), feed: key.publicKey))
        let block = random.bytes(bytes)
        let ours = try Figure.seconds {
            for _ in 0..<appends { try store.commit([state.append([block], signingWith: key)]) }
        }
        let bare = try bareSeconds(folder + "/bare.sqlite", block)
        Figure.print("feeds", "\(bytes) B blocks", "durable signed appends", Double(appends) / ours, "1/s")
        Figure.print("feeds", "\(bytes) B blocks", "bare SQLite inserts", Double(appends) / bare, "1/s")
        Figure.print("feeds", "\(bytes) B blocks", "against bare SQLite", ours / bare, "x time")
    }

    private func bareSeconds(_ path: String, _ block: [UInt8]) throws -> Double {
        var configuration = Configuration()
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.write { try $0.execute(sql: "CREATE TABLE block (number INTEGER PRIMARY KEY, bytes BLOB)") }
        let data = Data(block)
        return try Figure.seconds {
            for number in 0..<appends {
                try queue.write { database in
                    try database.execute(sql: "INSERT INTO block VALUES (?, ?)", arguments: [number, data])
                }
            }
        }
    }
}
