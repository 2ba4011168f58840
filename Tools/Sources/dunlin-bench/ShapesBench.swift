import ArgumentParser
import DunlinCausality
import DunlinTextCRDT

/// Histories of shapes that recordings do not have: very long texts, very many replicas, branches without
/// end. What each prints must grow no faster than what it counts.
struct ShapesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapes", abstract: "Texts of hostile shapes: long, wide, deep, many branches.")
    @OptionGroup var often: Repeats

    func run() throws {
        try editAtRandom()
        let merges = try [250, 500, 1_000, 2_000].map(mergeReplicas)
        print("merge of replicas", "each of 2000 to each of 250", merges[3] / merges[0] / 8, "x")
        for count in [2_000, 8_000, 32_000] { try mergeSiblings(count) }
        for count in [1_000, 2_000, 4_000] {
            try mergeTinyBranches(count)
            try alternate(count)
            try mergeTurns(count)
        }
    }

    private func print(
        _ name: String, _ metric: String, _ value: Double, _ unit: String, isRight: Bool? = nil
    ) {
        Figure.print("shapes", name, metric, value, unit, isRight: isRight)
    }

    /// What somebody new has who gets the updates one after another.
    private static func merged(_ updates: [[UInt8]]) throws -> Text {
        var text = Text(replica: RecordedHistory.replica(99_999))
        for update in updates { try text.merge(update) }
        return text
    }

    private static func long(_ size: Int) throws -> Text {
        var text = Text(replica: RecordedHistory.replica(0))
        try text.insert(
            String(repeating: "lorem ipsum dolor sit amet consectetur\n", count: size / 39 + 1), at: 0)
        try text.delete(size..<text.count)
        return text
    }

    /// One scalar in, one out, anywhere, in texts of several sizes by turns: a machine that becomes slower
    /// for a while does so for all of them.
    private func editAtRandom() throws {
        let sizes = [10_000, 1_000_000, 10_000_000]
        var texts = try sizes.map(Self.long), times: [[Double]] = sizes.map { _ in [] }
        var state: UInt64 = 42
        let rounds = 10_000
        func edit(_ text: inout Text) throws {
            for _ in 0..<rounds {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
                try text.insert("x", at: Int(state % UInt64(text.count)))
                let place = Int(state >> 20) % text.count
                try text.delete(place..<place + 1)
            }
        }
        for _ in 0..<often.repeats {
            for index in sizes.indices {
                times[index].append(try Figure.seconds { try edit(&texts[index]) })
            }
        }
        let medians = times.map { $0.sorted()[often.repeats / 2] }
        for (index, size) in sizes.enumerated() {
            print(
                "edit at random in \(size) characters", "edit",
                medians[index] * 1e9 / Double(2 * rounds), "ns", isRight: texts[index].count == size)
        }
        print("edit at random", "10 million characters to 10 thousand", medians[2] / medians[0], "x")
    }

    /// So many replicas that each type one character into the same text at once.
    /// - Returns: seconds.
    private func mergeReplicas(_ count: Int) throws -> Double {
        let base = try Self.long(1_000_000)
        let start = try base.encode()
        var updates: [[UInt8]] = []
        for number in 1...count {
            // Only what is new counts, so each edits a copy that is loaded without its history being
            // replayed.
            var copy = Text(replica: RecordedHistory.replica(number))
            try copy.merge(start)
            try copy.insert("y", at: number * 397 % 1_000_000)
            updates.append(try copy.encode(since: base.version))
        }
        let merged = try Timing(of: often.repeats) {
            var origin = base
            for update in updates { try origin.merge(update) }
            return origin
        }
        print(
            "\(count) replicas", "merge", merged.seconds * 1_000, "ms",
            isRight: merged.result.count == 1_000_000 + count)
        return merged.seconds
    }

    /// So many replicas that each type a word at one place of a text at once.
    private func mergeSiblings(_ count: Int) throws {
        var base = Text(replica: RecordedHistory.replica(0))
        try base.insert("beginning", at: 0)
        let start = try base.encode(), version = base.version
        var all = base
        for number in 1...count {
            var copy = Text(replica: RecordedHistory.replica(number))
            try copy.merge(start)
            try copy.insert("word", at: 4)
            try all.merge(copy.encode(since: version))
        }
        let update = try all.encode()
        let merged = try Timing(of: often.repeats) { try Self.merged([update]) }
        print(
            "siblings: \(count) words typed at one place", "merge", merged.seconds * 1_000, "ms",
            isRight: merged.result.string == all.string)
    }

    /// One long line of typing, and from its beginning branches of one character that nobody has seen.
    private func mergeTinyBranches(_ count: Int) throws {
        var line = Text(replica: RecordedHistory.replica(0))
        try line.insert("beginning", at: 0)
        let beginning = try line.encode(), version = line.version
        for number in 0..<count { try line.insert("ab", at: number * 7 % line.count) }
        let rest = try line.encode(since: version)
        var branches: [[UInt8]] = []
        for number in 1...count {
            var branch = Text(replica: RecordedHistory.replica(number))
            try branch.merge(beginning)
            try branch.insert("z", at: number % 9)
            branches.append(try branch.encode(since: version))
        }
        let updates = [beginning, rest] + branches
        let merged = try Timing(of: often.repeats) { try Self.merged(updates) }
        print(
            "\(count) tiny branches beside a long one", "merge", merged.seconds * 1_000, "ms",
            isRight: merged.result.count == 9 + 3 * count)
    }

    /// Somebody who sees everything types, and so does somebody who sees nothing, in turns.
    private func alternate(_ count: Int) throws {
        var beginning = Text(replica: RecordedHistory.replica(0))
        try beginning.insert("beginning", at: 0)
        var blind = Text(replica: RecordedHistory.replica(1))
        try blind.merge(beginning.encode())
        var updates: [[UInt8]] = []
        for _ in 0..<count {
            let version = blind.version
            try blind.insert("z", at: blind.count / 2)
            updates.append(try blind.encode(since: version))
        }
        let merged = try Timing(of: often.repeats) {
            var text = beginning
            for update in updates {
                try text.insert("a", at: text.count / 3)
                try text.merge(update)
            }
            return text
        }
        print(
            "\(count) edits in turns with one who sees nothing", "merge", merged.seconds * 1_000, "ms",
            isRight: merged.result.count == 9 + 2 * count)
    }

    /// Two who do not see each other, whose typing somebody got by turns and passes on as a whole.
    private func mergeTurns(_ count: Int) throws {
        var text = Text(replica: RecordedHistory.replica(0))
        try text.insert("beginning", at: 0)
        var writers = [1, 2].map { Text(replica: RecordedHistory.replica($0)) }
        for index in writers.indices { try writers[index].merge(text.encode()) }
        for number in 0..<count {
            for index in writers.indices {
                let version = writers[index].version
                try writers[index].insert("z", at: number * 7 % writers[index].count)
                try text.merge(writers[index].encode(since: version))
            }
        }
        let update = try text.encode()
        let merged = try Timing(of: often.repeats) { try Self.merged([update]) }
        print(
            "two branches of \(count) edits by turns", "merge", merged.seconds * 1_000, "ms",
            isRight: merged.result.string == text.string)
    }
}
