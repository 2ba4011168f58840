import DunlinCausality
import DunlinSequences
import Foundation
import Testing

/// The engine against ``ReferenceSequence`` in random histories of some 35 operations. `SEED=n` replays one;
/// `ROUNDS=n` runs n times as many.
@Suite struct SequencePropertyTests {
    static let seeds: [UInt64] = seeds(upTo: 960)

    static func seeds(upTo count: UInt64) -> [UInt64] {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SEED"].flatMap({ UInt64($0) }) { return [seed] }
        return Array(0..<count * max(1, environment["ROUNDS"].flatMap { UInt64($0) } ?? 1))
    }

    @Test(arguments: seeds)
    func `each replica has the reference's content at its version, whatever arrived when`(
        seed: UInt64
    ) throws {
        var history = try RandomHistory.make(seed: seed)
        try history.join()
        for index in history.replicas.indices {
            // The one that joins last receives all in a random order, the others in one that costs less.
            let isLast = index == history.replicas.count - 1
            try history.deliverAll(to: index, oldestFirst: !isLast)
            try history.check(index)
        }
        let contents = Set(history.replicas.map(\.content))
        #expect(contents.count == 1, "seed \(seed)")
    }

    @Test(arguments: seeds(upTo: 160))
    func `an index names the events that inserted what is there, at any version`(seed: UInt64) throws {
        guard let history = try? RandomHistory.make(seed: seed) else { return }
        for replica in history.replicas {
            let log = replica.state.log, graph = replica.graph
            // Contents of lists are named by the events that gave elements their values.
            guard log.runs.allSatisfy({ $0.kind != .set && $0.kind != .move }) else { continue }
            let index = SequenceIndex(of: log, before: graph.count, graph: graph)
            #expect(index.insertions.joined().map { replica.events[$0] } == replica.content, "seed \(seed)")
            for version in stride(from: 0, to: graph.count, by: 7) {
                let frontier = graph.dominators(of: Array(0..<version))
                var units: [LocalVersion] = []
                for (first, edit) in replica.state.replay(graph: graph, upTo: frontier) {
                    switch edit {
                    case .insert(let at, let new): units.insert(contentsOf: new.map { first + $0 }, at: at)
                    case .delete(let range): units.removeSubrange(range)
                    case .set, .move: break
                    }
                }
                let index = SequenceIndex(of: log, before: version, graph: graph)
                #expect(Array(index.insertions.joined()) == units, "seed \(seed)")
            }
        }
    }

    @Test(arguments: seeds(upTo: 64))
    func `the specification gives one order of all units, whatever was applied when`(seed: UInt64) throws {
        // Where the engine goes wrong, the other test says so.
        guard var history = try? RandomHistory.make(seed: seed) else { return }
        for _ in 0..<3 {
            let reordered = history.reordered()
            #expect(reordered.units == history.reference.units, "seed \(seed)")
        }
    }

    @Test(arguments: seeds(upTo: 96))
    func `concurrent runs of typing do not interleave, typed forwards or backwards`(seed: UInt64) throws {
        var history = SequenceHistory(seed: seed)
        for _ in 0..<4 { try history.join() }
        let base = Int.random(in: 0...3, using: &history.random)
        if base > 0 {
            try history.perform(SequenceOperation(.insert, at: 0, count: base), count: base, by: 3)
            for index in 0..<3 { try history.deliverAll(to: index) }
        }
        let position = Int.random(in: 0...base, using: &history.random)
        var runs: [[Int]] = []
        for index in 0..<3 {
            // Each way of eight has its seeds: which of the three type backwards.
            let isBackwards = seed >> index & 1 == 1
            runs.append(try Self.type(at: position, backwards: isBackwards, by: index, in: &history))
        }
        for index in 0..<4 {
            try history.deliverAll(to: index)
            try history.check(index)
            let middle = history.replicas[index].content.dropFirst(position).dropLast(base - position)
            let isWhole = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]].contains {
                $0.flatMap { runs[$0] } == Array(middle)
            }
            #expect(isWhole, "seed \(seed): \(Array(middle)) interleaves \(runs)")
        }
    }

    /// Types a run at one place, a few units at a time, and gives the units as they stand.
    static func type(
        at position: Int, backwards: Bool, by index: Int, in history: inout SequenceHistory
    ) throws -> [Int] {
        var run: [Int] = []
        for _ in 0..<Int.random(in: 2...6, using: &history.random) {
            let count = Int.random(in: 1...3, using: &history.random)
            let place = backwards ? position : position + run.count
            try history.perform(SequenceOperation(.insert, at: place, count: count), count: count, by: index)
            let events = history.operations.last.map { Array($0.events) } ?? []
            run = backwards ? events + run : run + events
        }
        return run
    }
}
