import ArgumentParser
import DunlinCausality
import DunlinCompression
import DunlinEncoding
import DunlinListCRDT

/// Fills a list at random places, as the peers' harness does, and measures edits in small and large lists.
struct ListBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "A list filled at random places, and edits in small and large lists.")
    @Option(help: "Elements to insert, one at a time.") var count = 100_000
    @OptionGroup var often: Repeats

    /// The numbers of the peers' harness, so that all run the same operations.
    private struct Xorshift32 {
        var state: UInt32 = 2

        mutating func next() -> Int {
            state ^= state << 13
            state ^= state >> 17
            state ^= state << 5
            return Int(state)
        }
    }

    private static func replica(_ number: UInt8) throws -> ReplicaID {
        guard let id = ReplicaID(bytes: [UInt8](repeating: number, count: 32)) else {
            throw ValidationError("ids have 32 bytes")
        }
        return id
    }

    func validate() throws {
        guard count > 0 else { throw ValidationError("--count is at least 1.") }
    }

    func run() throws {
        try fill()
        try edit()
        try arrange(one: false)
        try arrange(one: true)
    }

    /// Elements that are moved and set at random, or one that is moved again and again, by two who do not
    /// know of each other.
    private func arrange(one: Bool) throws {
        let size = 10_000, edits = 10_000
        var base = List(replica: try Self.replica(1))
        try base.insert(contentsOf: (0..<size).map { .unsigned(UInt64($0)) }, at: 0)
        let start = try base.encode(), version = base.version
        var updates: [[UInt8]] = [], times: [Double] = []
        for number: UInt8 in [2, 3] {
            var list = List(replica: try Self.replica(number))
            try list.merge(start)
            var random = Xorshift32(state: UInt32(number))
            times.append(
                try Figure.seconds {
                    var place = 0
                    for edit in 0..<edits {
                        let destination = random.next() % size
                        if one || edit % 2 == 0 {
                            try list.move(from: one ? place : random.next() % size, to: destination)
                        } else {
                            try list.set(.unsigned(UInt64(edit)), at: destination)
                        }
                        place = destination
                    }
                })
            updates.append(try list.encode(since: version))
        }
        func merge(_ updates: [[UInt8]]) throws -> ReadList {
            var list = List(replica: try Self.replica(4))
            for update in [start] + updates { try list.merge(update) }
            return ReadList(list)
        }
        let merged = try Timing(of: often.repeats) { try merge(updates) }
        let backwards = try merge(updates.reversed())
        let isRight = backwards.elements.count == size && merged.result.elements == backwards.elements
        for (metric, value, unit) in [
            ("apply", (times.min() ?? 0) * 1_000, "ms"), ("merge of two", merged.seconds * 1_000, "ms"),
            ("update bytes", Double(updates[0].count), "B"), ("ok", isRight ? 1 : 0, "bool"),
        ] {
            let name = one ? "moves of one element" : "moves and settings"
            Figure.print("list", "\(edits) \(name)", metric, value, unit)
        }
    }

    private func fill() throws {
        let name = "\(count) random inserts"
        var random = Xorshift32()
        let positions = (0..<count).map { random.next() % ($0 + 1) }
        var wanted: [CBORValue] = []
        for (value, position) in positions.enumerated() {
            wanted.insert(.unsigned(UInt64(value)), at: position)
        }

        let applied = try Timing(of: often.repeats) {
            var list = List(replica: try Self.replica(1))
            for (value, position) in positions.enumerated() {
                try list.insert(.unsigned(UInt64(value)), at: position)
            }
            return list
        }
        let list = applied.result
        let update = try list.encode()
        let merged = try Timing(of: often.repeats) {
            var fresh = List(replica: try Self.replica(2))
            try fresh.merge(update)
            return ReadList(fresh)
        }
        let saved = try Timing(of: often.repeats) {
            let plain = list.savedContent()
            return (
                content: Envelope.seal(plain, level: 3),
                history: Envelope.seal(try list.savedHistory(), level: 3, prefix: plain)
            )
        }
        let sealed = saved.result
        @Sendable func opened() throws -> [UInt8] { try Envelope.open(sealed.content, atMost: 1 << 30) }
        func reopen() throws -> List {
            try List(loading: try opened(), replica: try Self.replica(3)) {
                try Envelope.open(sealed.history, atMost: 1 << 30, prefix: try opened())
            }
        }
        let loaded = try Timing(of: often.repeats) { ReadList(try reopen()) }
        var reopened = try reopen()
        try reopened.merge(update)
        let isRight = [list.elements, merged.result.elements, loaded.result.elements, reopened.elements]
            .allSatisfy { $0 == wanted }

        for (metric, seconds) in [
            ("apply", applied.seconds), ("merge", merged.seconds), ("load", loaded.seconds),
            ("save", saved.seconds),
        ] {
            Figure.print("list", name, metric, seconds * 1_000, "ms")
        }
        let bytes = sealed.content.count + sealed.history.count
        Figure.print("list", name, "update bytes", Double(update.count), "B")
        Figure.print("list", name, "bytes with history", Double(bytes), "B")
        Figure.print("list", name, "bytes without history", Double(sealed.content.count), "B")
        Figure.print("list", name, "ok", isRight ? 1 : 0, "bool")
    }

    /// Insertions and deletions by turns, each at another place.
    private func edit() throws {
        let edits = 10_000
        for size in [10_000, 10_000_000] {
            var list = List(replica: try Self.replica(1))
            try list.insert(contentsOf: (0..<size).map { .unsigned(UInt64($0)) }, at: 0)
            var random = Xorshift32()
            let timing = try Timing(of: often.repeats) {
                for edit in 0..<edits {
                    let position = random.next() % size
                    if edit % 2 == 0 {
                        try list.insert(.null, at: position)
                    } else {
                        try list.delete(position..<position + 1)
                    }
                }
            }
            Figure.print(
                "list", "edit at random", "1000 edits of \(size)",
                timing.seconds * 1_000_000 / Double(edits), "ms")
            Figure.print("list", "edit at random", "ok, \(size)", list.count == size ? 1 : 0, "bool")
        }
    }
}

/// A list and its elements, read: reading is a part of what is measured.
private struct ReadList {
    let list: List
    let elements: [CBORValue]

    init(_ list: List) {
        self.list = list
        elements = list.elements
    }
}
