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
    @Option(help: "Measurements of each figure; the median is printed.") var repeats = 5

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

    /// Milliseconds: the median of the repeats.
    private func measure(_ body: () throws -> Void) rethrows -> Double {
        let times = try (0..<max(1, repeats)).map { _ in try Figure.seconds(body) * 1_000 }.sorted()
        return times[times.count / 2]
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
        var merged: [[CBORValue]] = []
        let merge = try measure {
            var list = List(replica: try Self.replica(4))
            try list.merge(start)
            for update in updates { try list.merge(update) }
            merged.append(list.elements)
        }
        var other = List(replica: try Self.replica(5))
        try other.merge(start)
        for update in updates.reversed() { try other.merge(update) }
        let isRight = other.count == size && merged.allSatisfy { $0 == other.elements }
        for (metric, value, unit) in [
            ("apply", (times.min() ?? 0) * 1_000, "ms"), ("merge of two", merge, "ms"),
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

        var list = List(replica: try Self.replica(1))
        let apply = try measure {
            list = List(replica: try Self.replica(1))
            for (value, position) in positions.enumerated() {
                try list.insert(.unsigned(UInt64(value)), at: position)
            }
        }
        let update = try list.encode()
        var isRight = list.elements == wanted

        var merged: [CBORValue] = []
        let merge = try measure {
            var fresh = List(replica: try Self.replica(2))
            try fresh.merge(update)
            merged = fresh.elements
        }
        isRight = isRight && merged == wanted

        var content: [UInt8] = [], history: [UInt8] = []
        let save = try measure {
            let plain = list.savedContent()
            content = Envelope.seal(plain, level: 3)
            history = Envelope.seal(try list.savedHistory(), level: 3, prefix: plain)
        }
        let sealed = (content: content, history: history)
        @Sendable func opened() throws -> [UInt8] { try Envelope.open(sealed.content, atMost: 1 << 30) }
        var loaded: [CBORValue] = []
        func reopen() throws -> List {
            try List(loading: try opened(), replica: try Self.replica(3)) {
                try Envelope.open(sealed.history, atMost: 1 << 30, prefix: try opened())
            }
        }
        let load = try measure { loaded = try reopen().elements }
        var reopened = try reopen()
        try reopened.merge(update)
        isRight = isRight && loaded == wanted && reopened.elements == wanted

        for (metric, value, unit) in [
            ("apply", apply, "ms"), ("merge", merge, "ms"), ("load", load, "ms"), ("save", save, "ms"),
            ("update bytes", Double(update.count), "B"),
            ("bytes with history", Double(content.count + history.count), "B"),
            ("bytes without history", Double(content.count), "B"), ("ok", isRight ? 1 : 0, "bool"),
        ] {
            Figure.print("list", name, metric, value, unit)
        }
    }

    /// Insertions and deletions by turns, each at another place.
    private func edit() throws {
        let edits = 10_000
        for size in [10_000, 10_000_000] {
            var list = List(replica: try Self.replica(1))
            try list.insert(contentsOf: (0..<size).map { .unsigned(UInt64($0)) }, at: 0)
            var random = Xorshift32()
            let time = try measure {
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
                "list", "edit at random", "1000 edits of \(size)", time * 1_000 / Double(edits), "ms")
            Figure.print("list", "edit at random", "ok, \(size)", list.count == size ? 1 : 0, "bool")
        }
    }
}
