import ArgumentParser
import DunlinCausality
import DunlinCompression
import DunlinEncoding
import DunlinMapCRDT

/// Writes a map key by key, merges it and saves it: the operations of the peers' scripts.
struct MapBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "map", abstract: "Sets over a few keys, and two replicas that set the same ones.")
    @Option(help: "Keys in the map.") var keys = 1_000
    @Option(help: "Sets of one replica.") var count = 100_000
    @OptionGroup var often: Repeats

    func validate() throws {
        guard keys > 0, count > 0 else { throw ValidationError("All numbers are from 1 on.") }
    }

    func run() throws {
        try measureSets()
        try measureConcurrentSets()
    }

    private func measureSets() throws {
        var random: UInt32 = 1
        let operations = (0..<count).map { number in
            random ^= random << 13
            random ^= random >> 17
            random ^= random << 5
            return (key: UTF8String("key\(Int(random) % keys)"), value: CBORValue.integer(Int64(number)))
        }
        let expected = Dictionary(operations.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
        let name = "\(count) sets over \(keys) keys"
        let map = try measure(name, "apply") {
            var map = try Self.map(1)
            for (key, value) in operations { try map.set(key, to: value) }
            return map
        }
        let update = try map.encode()
        let merged = try measure(name, "merge") {
            var copy = try Self.map(9)
            try copy.merge(update)
            return ReadMap(copy)
        }
        let (content, history) = try measure(name, "save") { (map.savedContent(), try map.savedHistory()) }
        func load() throws -> Map { try Map(loading: content, replica: map.replica, history: { history }) }
        let loaded = try measure(name, "load") { ReadMap(try load()) }
        let edited = try measure(name, "load and one edit") {
            var copy = try load()
            try copy.set("one", to: .null)
            return ReadMap(copy)
        }
        let isRight =
            [merged, loaded].allSatisfy { $0.contents == expected }
            && edited.contents == expected.merging(["one": .null]) { $1 }
        let content3 = Envelope.seal(content, level: 3)
        let history3 = Envelope.seal(history, level: 3, prefix: content)
        Figure.print("map", name, "update bytes", Double(update.count), "B")
        Figure.print("map", name, "bytes with history", Double(content3.count + history3.count), "B")
        Figure.print("map", name, "bytes without history", Double(content3.count), "B")
        Figure.print("map", name, "ok", isRight ? 1 : 0, "bool")
    }

    private func measureConcurrentSets() throws {
        let updates = try (0..<2).map { writer in
            var map = try Self.map(UInt8(writer + 1))
            for round in 0..<10 {
                for key in 0..<keys {
                    let value = Int64(writer * 1_000_000 + round * keys + key)
                    try map.set(UTF8String("key\(key)"), to: .integer(value))
                }
            }
            return try map.encode()
        }
        let name = "two replicas x \(keys) keys x 10"
        func merge(_ updates: [[UInt8]]) throws -> ReadMap {
            var copy = try Self.map(9)
            for update in updates { try copy.merge(update) }
            return ReadMap(copy)
        }
        let backwards = try merge(updates.reversed())
        let merged = try measure(name, "merge") { try merge(updates) }
        let isRight = merged.contents == backwards.contents && merged.contents.count == keys
        Figure.print("map", name, "update bytes", Double(updates.reduce(0) { $0 + $1.count }), "B")
        Figure.print("map", name, "ok", isRight ? 1 : 0, "bool")
    }

    /// Prints the median time of `body`.
    private func measure<Result>(
        _ name: String, _ metric: String, _ body: () throws -> Result
    ) throws -> Result {
        let timing = try Timing(of: often.repeats, body)
        Figure.print("map", name, metric, timing.seconds * 1_000, "ms")
        return timing.result
    }

    private static func map(_ number: UInt8) throws -> Map {
        guard let id = ReplicaID(bytes: [UInt8](repeating: number, count: 32)) else {
            throw ValidationError("Ids have 32 bytes.")
        }
        return Map(replica: id)
    }
}

/// A map and what it shows, read key by key: reading is a part of what is measured.
private struct ReadMap {
    let map: Map
    var contents: [UTF8String: CBORValue] = [:]

    init(_ map: Map) {
        self.map = map
        for key in map.keys { contents[key] = map[key] }
    }
}
