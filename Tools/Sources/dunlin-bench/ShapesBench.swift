import ArgumentParser
import DunlinCausality
import DunlinTextCRDT

/// Histories of shapes that recordings do not have: very long texts, very many replicas, branches without
/// end. What each prints must grow no faster than what it counts.
struct ShapesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shapes", abstract: "Texts of hostile shapes: long, wide, deep, many branches.")
    @Option(help: "How often each measurement is repeated; the median is printed.") var repeats = 5

    func run() throws {
        let edits = try [10_000, 1_000_000, 10_000_000].map(editAtRandom)
        print("edit at random", "10 million characters to 10 thousand", edits[2] / edits[0], "x")
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

    private func median(_ body: () throws -> Double) rethrows -> Double {
        let times = try (0..<repeats).map { _ in try body() }
        return times.sorted()[times.count / 2]
    }

    private static func long(_ size: Int) throws -> Text {
        var text = Text(replica: RecordedHistory.replica(0))
        try text.insert(
            String(repeating: "lorem ipsum dolor sit amet consectetur\n", count: size / 39 + 1), at: 0)
        try text.delete(size..<text.count)
        return text
    }

    /// One scalar in, one out, anywhere.
    /// - Returns: seconds of all.
    private func editAtRandom(in size: Int) throws -> Double {
        var text = try Self.long(size)
        var state: UInt64 = 42
        let rounds = 10_000
        let time = try median {
            try Figure.seconds {
                for _ in 0..<rounds {
                    state ^= state << 13
                    state ^= state >> 7
                    state ^= state << 17
                    try text.insert("x", at: Int(state % UInt64(text.count)))
                    try text.delete(Int(state >> 20) % text.count..<Int(state >> 20) % text.count + 1)
                }
            }
        }
        print(
            "edit at random in \(size) characters", "edit", time * 1e9 / Double(2 * rounds), "ns",
            isRight: text.count == size)
        return time
    }

    /// So many replicas that each type one character into the same text at once.
    /// - Returns: seconds.
    private func mergeReplicas(_ count: Int) throws -> Double {
        let base = try Self.long(1_000_000)
        let start = try base.encode()
        var updates: [[UInt8]] = []
        var origin = base
        for number in 1...count {
            // Only what is new counts, so each edits a copy that is loaded without its history being
            // replayed.
            var copy = Text(replica: RecordedHistory.replica(number))
            try copy.merge(start)
            try copy.insert("y", at: number * 397 % 1_000_000)
            updates.append(try copy.encode(since: base.version))
        }
        let time = try median {
            origin = base
            return try Figure.seconds { for update in updates { try origin.merge(update) } }
        }
        print("\(count) replicas", "merge", time * 1_000, "ms", isRight: origin.count == 1_000_000 + count)
        return time
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
        var text = base
        let time = try median {
            text = Text(replica: RecordedHistory.replica(99_999))
            return try Figure.seconds { try text.merge(update) }
        }
        print(
            "siblings: \(count) words typed at one place", "merge", time * 1_000, "ms",
            isRight: text.string == all.string)
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
        var text = Text(replica: RecordedHistory.replica(9_999))
        let time = try median {
            text = Text(replica: RecordedHistory.replica(9_999))
            return try Figure.seconds {
                try text.merge(beginning)
                try text.merge(rest)
                for branch in branches { try text.merge(branch) }
            }
        }
        print(
            "\(count) tiny branches beside a long one", "merge", time * 1_000, "ms",
            isRight: text.count == 9 + 3 * count)
    }

    /// Somebody who sees everything types, and so does somebody who sees nothing, in turns.
    private func alternate(_ count: Int) throws {
        var text = Text(replica: RecordedHistory.replica(0))
        let time = try median {
            text = Text(replica: RecordedHistory.replica(0))
            try text.insert("beginning", at: 0)
            var blind = Text(replica: RecordedHistory.replica(1))
            try blind.merge(text.encode())
            var updates: [[UInt8]] = []
            for _ in 0..<count {
                let version = blind.version
                try blind.insert("z", at: blind.count / 2)
                updates.append(try blind.encode(since: version))
            }
            return try Figure.seconds {
                for update in updates {
                    try text.insert("a", at: text.count / 3)
                    try text.merge(update)
                }
            }
        }
        print(
            "\(count) edits in turns with one who sees nothing", "merge", time * 1_000, "ms",
            isRight: text.count == 9 + 2 * count)
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
        var copy = Text(replica: RecordedHistory.replica(9_999))
        let time = try median {
            copy = Text(replica: RecordedHistory.replica(9_999))
            return try Figure.seconds { try copy.merge(update) }
        }
        print(
            "two branches of \(count) edits by turns", "merge", time * 1_000, "ms",
            isRight: copy.string == text.string)
    }
}
