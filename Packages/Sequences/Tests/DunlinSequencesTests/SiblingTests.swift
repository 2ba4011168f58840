import DunlinCausality
import DunlinSequences
import Testing

/// Very many who insert at one place at once: more than the walker looks at one by one.
@Suite(.serialized) struct SiblingTests {
    @Test(arguments: SequencePropertyTests.seeds(upTo: 48))
    func `very many who are at work at one place end in the reference's content`(seed: UInt64) throws {
        var history = try CrowdedHistory.make(seed: seed)
        for oldestFirst in [true, false] {
            try history.join()
            let observer = history.replicas.count - 1
            try history.deliverAll(to: observer, oldestFirst: oldestFirst)
            try history.check(observer)
        }
    }

    @Test func `one who types backwards among very many finds what was typed last`() throws {
        var graph = CausalGraph(), state = SequenceState()
        func insert(by number: Int, sequence: UInt64, on parents: Frontier) throws -> [SequenceEdit] {
            let frontier = graph.frontier
            let versions = try graph.append(
                replica: Self.replica(number), sequence: sequence, count: 1, parents: parents)
            return state.apply(
                SequenceOperation(.insert, at: 0, count: 1), versions: versions, parents: parents,
                frontier: frontier, graph: graph)
        }
        for number in 0..<600 { _ = try insert(by: 2 * number, sequence: 0, on: []) }
        var last: Frontier = []
        for sequence in 0..<40 {
            let edits = try insert(by: 801, sequence: UInt64(sequence), on: last)
            #expect(edits == [.insert(at: 401, units: 0..<1)])
            last = [graph.count - 1]
        }
    }

    /// Shapes of which each operation once went over all that were there before it.
    enum Shape: CaseIterable {
        case oneEach, smallestLast, forwards, backwards, besideBackwards, words, rights
    }

    @Test(arguments: Shape.allCases)
    func `insertions at one place cost about the same, however many there are`(shape: Shape) throws {
        let small = try Self.seconds(toApply: 400, of: shape)
        let large = try Self.seconds(toApply: 6_400, of: shape)
        // 16 times as many; were each to go over the others, it would be 256 times the work.
        #expect(large < 90 * small, "\(small) s, then \(large) s")
    }

    /// The best of some runs, so that what else the machine does counts little.
    static func seconds(toApply count: Int, of shape: Shape) throws -> Double {
        var graph = CausalGraph()
        let operations = try make(count, of: shape, in: &graph)
        var best = Double.infinity
        for _ in 0..<3 {
            var state = SequenceState()
            var edits: [SequenceEdit] = []
            let time = ContinuousClock().measure {
                for made in operations {
                    state.apply(
                        made.operation, versions: made.versions, parents: made.parents, graph: graph,
                        edits: &edits)
                }
            }
            #expect(state.length > count / 2)
            best = min(best, time / .seconds(1))
        }
        return best
    }

    struct Made {
        let operation: SequenceOperation
        let versions: Range<LocalVersion>
        let parents: Frontier
    }

    static func make(_ count: Int, of shape: Shape, in graph: inout CausalGraph) throws -> [Made] {
        var made: [Made] = [], next: [UInt64] = Array(repeating: 0, count: 2 * count + 1)
        func add(
            _ kind: SequenceOperation.Kind, _ position: Int, _ units: Int = 1, by writer: Int,
            on parents: Frontier
        ) throws -> LocalVersion {
            let versions = try graph.append(
                replica: replica(shape == .smallestLast ? next.count - writer : writer * 7_919 % 65_536),
                sequence: next[writer], count: units, parents: parents)
            next[writer] += UInt64(units)
            let operation = SequenceOperation(kind, at: position, count: units)
            made.append(Made(operation: operation, versions: versions, parents: parents))
            return versions.upperBound - 1
        }
        let base = try add(.insert, 0, 4, by: 0, on: [])
        var ends = Array(repeating: base, count: count + 1)
        switch shape {
        case .oneEach, .smallestLast:
            for writer in 1...count { _ = try add(.insert, 2, by: writer, on: [base]) }
        case .forwards, .backwards:
            for turn in 0..<4 {
                for writer in 1...count / 4 {
                    let position = shape == .forwards ? 2 + turn : 2
                    ends[writer] = try add(.insert, position, by: writer, on: [ends[writer]])
                }
            }
        case .besideBackwards:
            for _ in 0..<count / 2 { ends[0] = try add(.insert, 0, by: 0, on: [ends[0]]) }
            for writer in 1...count / 2 { _ = try add(.insert, 0, by: writer, on: [base]) }
        case .words:
            for writer in 1...count / 3 {
                let word = try add(.insert, 2, 6, by: writer, on: [base])
                let cut = try add(.deleteForward, 4, 2, by: writer, on: [word])
                _ = try add(.insert, 5, by: writer, on: [cut])
            }
        case .rights:
            // All know one unit, and each another one of those that stand beside it.
            let known = try add(.insert, 2, by: 1, on: [base])
            for writer in 2...count / 2 { ends[writer] = try add(.insert, 2, by: writer, on: [base]) }
            for writer in 2...count / 2 {
                _ = try add(.insert, 3, by: count + writer, on: [known, ends[writer]])
            }
        }
        return made
    }

    static func replica(_ number: Int) throws -> ReplicaID {
        let bytes = [UInt8(number >> 16 & 255), UInt8(number >> 8 & 255), UInt8(number & 255)]
        return try #require(ReplicaID(bytes: bytes + [UInt8](repeating: 0, count: 29)))
    }
}

/// A random history of many replicas that insert and delete at a few places of a short text, most of them
/// without seeing each other.
struct CrowdedHistory {
    private var history: SequenceHistory
    /// Where they all are at work.
    private var spots: [Int] = []
    /// In a hundred turns, how many receive something first, and how many type where they were.
    private let sees: Int
    private let stays: Int
    /// In a hundred edits, how many move something there; in a text none do.
    private let moves: Int
    private var carets: [Int?] = []

    static func make(seed: UInt64) throws -> SequenceHistory {
        var maker = try Self(seed: seed)
        for _ in 0..<maker.number(70...120) { try maker.turn() }
        return maker.history
    }

    private init(seed: UInt64) throws {
        var history = SequenceHistory(seed: seed)
        sees = [0, 0, 3, 15, 40].randomElement(using: &history.random) ?? 0
        stays = [0, 20, 80].randomElement(using: &history.random) ?? 0
        moves = [0, 30].randomElement(using: &history.random) ?? 0
        try history.join()
        let base = Int.random(in: 0...5, using: &history.random)
        if base > 0 {
            try history.perform(SequenceOperation(.insert, at: 0, count: base), count: base, by: 0)
        }
        for _ in 0..<Int.random(in: 1...2, using: &history.random) {
            spots.append(Int.random(in: 0...base, using: &history.random))
        }
        let beginning = history.replicas[0].snapshot(operations: history.operations.count)
        let most = [12, 40, 120].randomElement(using: &history.random) ?? 12
        for _ in 0..<most { try history.join(from: beginning) }
        carets = Array(repeating: nil, count: most + 1)
        self.history = history
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &history.random) < percent
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &history.random)
    }

    private mutating func turn() throws {
        let index = number(1...history.replicas.count - 1)
        if chance(sees) {
            for _ in 0..<number(1...4) { try history.deliverOne(to: index, oldestFirst: chance(50)) }
        }
        if chance(1) { try history.deliverAll(to: index) }
        for _ in 0..<(chance(60) ? 1 : number(2...3)) { try edit(index) }
    }

    private mutating func edit(_ index: Int) throws {
        let length = history.replicas[index].content.count
        let spot = min(length, spots.randomElement(using: &history.random) ?? 0)
        if length > 1, chance(moves) {
            let from = number(0...length - 1), to = min(spot, length - 1)
            try history.perform(SequenceOperation(moving: from, to: to), count: 1, by: index)
        } else if length > 0, chance(15) {
            let position = min(length - 1, number(max(0, spot - 1)...spot + 2))
            let kind: SequenceOperation.Kind = chance(50) ? .deleteForward : .deleteBackward
            let count = min(number(1...3), kind == .deleteForward ? length - position : position + 1)
            try history.perform(SequenceOperation(kind, at: position, count: count), count: count, by: index)
            carets[index] = nil
        } else {
            let position = chance(stays) ? min(length, carets[index] ?? spot) : spot
            let count = chance(60) ? 1 : number(2...4)
            try history.perform(
                SequenceOperation(.insert, at: position, count: count), count: count, by: index)
            carets[index] = position + (chance(50) ? count : number(0...count))
        }
    }
}
