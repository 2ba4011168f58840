import DunlinEncoding

extension CausalGraph {
    /// The graph by runs: a table of replicas, then for each run the replica's index, the gap in its numbers,
    /// the length, and the parents as distances back. In the order of arrival here, so two devices with the
    /// same events may write different bytes.
    /// - Precondition: it has no horizon; that is written by ``writeHorizon(_:)``.
    public func encoded() -> [UInt8] {
        precondition(horizon == nil, "a graph with a horizon is a horizon and a batch")
        var writer = ByteWriter()
        let replicas = self.replicas
        let index = Dictionary(
            replicas.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.raw(replica.bytes) }
        writer.varint(UInt64(runs.count))
        var reached: [ReplicaID: UInt64] = [:]
        for run in runs {
            writer.varint(UInt64(index[run.replica] ?? 0))
            writer.varint(run.firstSequence - (reached[run.replica] ?? 0))
            reached[run.replica] = run.firstSequence + UInt64(run.versions.count)
            writer.varint(UInt64(run.versions.count))
            writer.varint(UInt64(run.parents.count))
            for parent in run.parents { writer.varint(UInt64(run.versions.lowerBound - 1 - parent)) }
        }
        return writer.bytes
    }

    /// Reads ``encoded()``.
    /// - Throws: ``GraphError/malformed``, or the error of the event that does not fit.
    public init(decoding bytes: [UInt8]) throws(GraphError) {
        self.init()
        do {
            var reader = ByteReader(bytes)
            var replicas: [ReplicaID] = []
            for _ in 0..<(try reader.count(bytesEach: 32)) {
                guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                    throw GraphError.malformed
                }
                replicas.append(replica)
            }
            let runCount = try reader.count(bytesEach: 4)
            reserve(runs: runCount)
            for _ in 0..<runCount { try appendRun(&reader, replicas) }
            try reader.finish()
        } catch let error as GraphError {
            throw error
        } catch { throw .malformed }
    }

    private mutating func appendRun(_ reader: inout ByteReader, _ replicas: [ReplicaID]) throws {
        let index = try reader.varint()
        guard index < UInt64(replicas.count) else { throw GraphError.malformed }
        let replica = replicas[Int(index)]
        let (sequence, overflow) = nextSequence(of: replica).addingReportingOverflow(try reader.varint())
        let length = try reader.varint()
        guard !overflow, length > 0, length <= UInt64(EventBatch.countLimit) else {
            throw GraphError.malformed
        }
        var parents: Frontier = []
        for _ in 0..<(try reader.count()) {
            let distance = try reader.varint()
            guard distance < UInt64(count) else { throw GraphError.malformed }
            parents.append(count - 1 - Int(distance))
        }
        guard zip(parents, parents.dropFirst()).allSatisfy({ $0 < $1 }) else { throw GraphError.malformed }
        try append(replica: replica, sequence: sequence, count: Int(length), parents: parents)
    }
}
