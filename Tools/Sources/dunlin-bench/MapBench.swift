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
    @Option(help: "Each time is the median of so many.") var repeats = 5

    func validate() throws {
        guard keys > 0, count > 0, repeats > 0 else { throw ValidationError("All numbers are from 1 on.") }
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
        var isRight = true
        var map = try Self.map(1)
        try measure(name, "apply") {
            map = try Self.map(1)
            return { for (key, value) in operations { try map.set(key, to: value) } }
        }
        let update = try map.encode()
        try measure(name, "merge") {
            var copy = try Self.map(9)
            return {
                try copy.merge(update)
                isRight = Self.contents(copy) == expected && isRight
            }
        }
        var content: [UInt8] = [], history: [UInt8] = []
        try measure(name, "save") { { (content, history) = (map.savedContent(), try map.savedHistory()) } }
        let saved = (content, history)
        try measure(name, "load") {
            {
                let copy = try Map(loading: saved.0, replica: map.replica, history: { saved.1 })
                isRight = Self.contents(copy) == expected && isRight
            }
        }
        try measure(name, "load and one edit") {
            {
                var copy = try Map(loading: saved.0, replica: map.replica, history: { saved.1 })
                try copy.set("one", to: .null)
                isRight = Self.contents(copy).count == expected.count + 1 && isRight
            }
        }
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
        var isRight = true
        var backwards = try Self.map(9)
        for update in updates.reversed() { try backwards.merge(update) }
        let expected = Self.contents(backwards)
        try measure(name, "merge") {
            var copy = try Self.map(9)
            return {
                for update in updates { try copy.merge(update) }
                isRight = Self.contents(copy) == expected && isRight
            }
        }
        Figure.print("map", name, "update bytes", Double(updates.reduce(0) { $0 + $1.count }), "B")
        Figure.print("map", name, "ok", isRight ? 1 : 0, "bool")
    }

    /// Prints the median time of what `prepare` gives; what it does before is not measured.
    private func measure(
        _ name: String, _ metric: String, prepare: () throws -> (() throws -> Void)
    ) throws {
        let times = try (0..<repeats).map { _ in
            let body = try prepare()
            return try Figure.seconds(body) * 1_000
        }
        Figure.print("map", name, metric, times.sorted()[repeats / 2], "ms")
    }

    private static func map(_ number: UInt8) throws -> Map {
        guard let id = ReplicaID(bytes: [UInt8](repeating: number, count: 32)) else {
            throw ValidationError("Ids have 32 bytes.")
        }
        return Map(replica: id)
    }

    /// Everything that a map shows, read key by key.
    private static func contents(_ map: Map) -> [UTF8String: CBORValue] {
        var contents: [UTF8String: CBORValue] = [:]
        for key in map.keys { contents[key] = map[key] }
        return contents
    }
}
