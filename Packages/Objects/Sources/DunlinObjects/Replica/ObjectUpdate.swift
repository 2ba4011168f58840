import DunlinCausality
import DunlinEncoding

/// Transactions of an object for another replica.
/// - Source: `Docs/Spec/Changes.md`, "An object alone".
struct ObjectUpdate {
    struct Transaction {
        /// Number of its first event in the batch.
        var first: Int
        var time: UInt64
        var change: Change
        /// The change as it came, which is the only way to write it.
        var bytes: [UInt8]
    }

    var batch: EventBatch
    var transactions: [Transaction] = []

    /// - Throws: ``ObjectError/malformed``.
    init(decoding bytes: [UInt8]) throws(ObjectError) {
        do {
            var reader = ByteReader(bytes)
            batch = try EventBatch(reading: &reader)
            var time: UInt64 = 0, number = 0
            // A time and a change.
            for _ in 0..<(try reader.count(bytesEach: 2)) {
                time = time &+ UInt64(bitPattern: try reader.zigzag())
                let bytes = try reader.sized(), change = try Change(decoding: bytes)
                let units = change.unitCount
                guard units > 0, units <= batch.count - number, batch.isChain(number..<number + units) else {
                    throw ObjectError.malformed
                }
                transactions.append(Transaction(first: number, time: time, change: change, bytes: bytes))
                number += units
            }
            try reader.finish()
            guard number == batch.count else { throw ObjectError.malformed }
        } catch { throw .malformed }
    }

    /// - Throws: ``ObjectError/graph(_:)`` when a transaction follows one that is neither in the update nor
    ///   known, or has not seen all that is forgotten.
    func checkParents(in graph: CausalGraph) throws(ObjectError) {
        for event in batch.outsideParents where !graph.knows(event) {
            throw .graph(.missingParent(event))
        }
        guard let horizon = graph.horizon else { return }
        for transaction in transactions where !graph.knows(batch.event(transaction.first)) {
            let named = named(transaction, in: graph)
            guard named.allSatisfy(horizon.version.contains) else { continue }
            do throws(GraphError) { _ = try graph.parents(named: named) } catch { throw .graph(error) }
        }
    }

    /// The events that a transaction names as its parents, and the one of its writer before it.
    func named(_ transaction: Transaction, in graph: CausalGraph) -> [EventID] {
        let first = batch.event(transaction.first)
        var named = batch.parents(of: transaction.first)
        if let own = graph.lastKnown(of: first.replica, below: first.sequence) { named.append(own) }
        return named
    }
}
