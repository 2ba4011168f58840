import DunlinCausality
import DunlinEncoding
import DunlinSequences
import Recordings

/// A recording as the events of replicas: what documents of its authors would exchange.
///
/// Positions in a recording are those at the parents of a transaction, as in the events themselves, so no
/// document is needed to make them.
struct RecordedHistory {
    private var graph = CausalGraph()
    private var log = SequenceLog()
    /// What the log's insertions insert, one after the other.
    private var inserted: [Unicode.Scalar] = []
    /// The events of each transaction.
    private var transactions: [Range<LocalVersion>] = []
    private var parents: [[Int]] = []

    init(_ recording: Recording) throws {
        let start = recording.startContent ?? ""
        if !start.isEmpty { try add(insertion: start, at: 0, by: Self.replica(0), parents: []) }
        for (index, transaction) in recording.txns.enumerated() {
            let replica = Self.replica(transaction.agent ?? 0)
            var first = graph.frontier
            if recording.isConcurrent {
                parents.append(transaction.parents ?? [])
                first = graph.dominators(
                    of: parents[index].map { transactions[$0].upperBound - 1 }.filter { $0 >= 0 })
            } else {
                parents.append(index > 0 ? [index - 1] : [])
            }
            let begin = graph.count
            for patch in transaction.patches {
                if patch.deleted > 0 {
                    try add(
                        .deleteForward, at: patch.position, count: patch.deleted, by: replica, parents: first)
                    first = [graph.count - 1]
                }
                if !patch.inserted.isEmpty {
                    try add(insertion: patch.inserted, at: patch.position, by: replica, parents: first)
                    first = [graph.count - 1]
                }
            }
            transactions.append(begin..<graph.count)
        }
    }

    /// Keys are random in life, so these do not repeat either.
    static func replica(_ number: Int) -> ReplicaID {
        var state = UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15
        var words: [UInt64] = []
        for _ in 0..<4 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            words.append(state)
        }
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        return ReplicaID(bytes: bytes) ?? ReplicaID(raw: .init())
    }

    private mutating func add(
        insertion text: String, at position: Int, by replica: ReplicaID, parents: Frontier
    ) throws {
        let scalars = Array(text.unicodeScalars)
        try add(.insert, at: position, count: scalars.count, by: replica, parents: parents)
        inserted += scalars
    }

    private mutating func add(
        _ kind: SequenceOperation.Kind, at position: Int, count: Int, by replica: ReplicaID, parents: Frontier
    ) throws {
        let versions = try graph.append(
            replica: replica, sequence: graph.nextSequence(of: replica), count: count, parents: parents)
        log.append(
            SequenceLog.Run(
                kind, start: versions.lowerBound, count: count, position: position, isVoid: false,
                isLinear: false,
                lengthBefore: 0))
    }

    /// The history in `pieces` updates, each in an order that a mesh could have brought it in: a transaction
    /// comes when its parents have come, by chance before or behind others.
    func updates(pieces: Int, seed: UInt64) -> [[UInt8]] {
        let order = causalOrder(seed: seed)
        return (0..<pieces).map { piece in
            let part = order[order.count * piece / pieces..<order.count * (piece + 1) / pieces]
            var spans: [Range<LocalVersion>] = []
            for span in part.map({ transactions[$0] }).sorted(by: { $0.lowerBound < $1.lowerBound })
            where !span.isEmpty {
                if let last = spans.last, last.upperBound == span.lowerBound {
                    spans[spans.count - 1] = last.lowerBound..<span.upperBound
                } else {
                    spans.append(span)
                }
            }
            return encode(spans)
        }.filter { !$0.isEmpty }
    }

    /// The transactions by chance, parents first.
    private func causalOrder(seed: UInt64) -> [Int] {
        var state = seed | 1
        var waiting = parents.map(\.count)
        var children = [[Int]](repeating: [], count: parents.count)
        for (index, parents) in parents.enumerated() {
            for parent in parents { children[parent].append(index) }
        }
        var ready = parents.indices.filter { waiting[$0] == 0 }
        var order: [Int] = []
        while !ready.isEmpty {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            let pick = Int(state % UInt64(ready.count))
            ready.swapAt(pick, ready.count - 1)
            let next = ready.removeLast()
            order.append(next)
            for child in children[next] {
                waiting[child] -= 1
                if waiting[child] == 0 { ready.append(child) }
            }
        }
        return order
    }

    /// The update that `Text.encode` would give for events (`Docs/Spec/Sequences.md`, "A text alone").
    private func encode(_ spans: [Range<LocalVersion>]) -> [UInt8] {
        guard !spans.isEmpty else { return [] }
        var writer = ByteWriter()
        EventBatch(of: graph, in: spans).write(&writer)
        let (operations, units) = log.operations(in: spans)
        SequenceColumns.write(operations, &writer)
        // No marks.
        writer.varint(0)
        for range in units { writer.raw(String(String.UnicodeScalarView(inserted[range])).utf8) }
        return writer.bytes
    }

    /// Everything in one update.
    var update: [UInt8] { encode(graph.isEmpty ? [] : [0..<graph.count]) }
}
