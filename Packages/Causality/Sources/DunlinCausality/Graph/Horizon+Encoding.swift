import DunlinEncoding

extension CausalGraph {
    /// What tells a horizon from a batch of events: a batch of no replicas has no run.
    private static let mark: (UInt64, UInt64) = (0, 1)
    /// Lamport times are below it, so that many can follow.
    private static let lamportLimit: UInt64 = 1 << 62

    /// The horizon with what survives of what is before it, to stand before a batch of the events behind it;
    /// nothing without a horizon.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons".
    public func writeHorizon(_ writer: inout ByteWriter) {
        guard let horizon else { return }
        writer.varint(Self.mark.0)
        writer.varint(Self.mark.1)
        writer.sized(horizon.version.encoded())
        let entries = horizon.version.entries
        let places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.replica, $0) })
        writer.varint(UInt64(horizon.heads.count))
        for head in horizon.heads {
            let place = places[head.replica] ?? 0
            writer.varint(UInt64(place))
            writer.varint(entries[place].bound - 1 - head.sequence)
        }
        writer.varint(horizon.lamport)
        let runs = horizonCount > 0 ? (0...runIndex(of: horizonCount - 1)).map(run(at:)) : []
        let writers = runs.map { places[$0.replica] ?? 0 }
        writer.varint(UInt64(runs.count))
        for place in writers { writer.varint(UInt64(place)) }
        for run in runs { writer.varint(UInt64(run.versions.count)) }
        var reached = [UInt64](repeating: 0, count: entries.count)
        for (run, place) in zip(runs, writers) {
            writer.zigzag(Int64(bitPattern: run.firstSequence &- reached[place]))
            reached[place] = run.firstSequence + UInt64(run.versions.count)
        }
        var leads = [UInt64](repeating: 0, count: entries.count)
        for (run, place) in zip(runs, writers) {
            let lead = run.firstLamport &- run.firstSequence
            writer.zigzag(Int64(bitPattern: lead &- leads[place]))
            leads[place] = lead
        }
    }

    /// Reads what ``writeHorizon(_:)`` wrote: a graph that begins at the horizon; an empty one where there is
    /// none.
    /// - Throws: ``ByteError`` for bytes that are no horizon.
    public init(readingHorizon reader: inout ByteReader) throws(ByteError) {
        self.init()
        var ahead = reader
        guard (try? ahead.varint()) == Self.mark.0, (try? ahead.varint()) == Self.mark.1 else { return }
        reader = ahead
        let start = reader.offset
        let version = try VersionVector(decoding: try reader.sized())
        let entries = version.entries
        var heads: [EventID] = []
        for _ in 0..<(try reader.count(bytesEach: 2)) {
            let place = try reader.varint(), distance = try reader.varint()
            guard place < UInt64(entries.count), distance < entries[Int(place)].bound else {
                throw .notCanonical(at: start)
            }
            let entry = entries[Int(place)]
            heads.append(EventID(replica: entry.replica, sequence: entry.bound - 1 - distance))
        }
        let lamport = try reader.varint()
        guard !heads.isEmpty, Set(heads).count == heads.count, lamport > 0, lamport <= Self.lamportLimit
        else { throw .notCanonical(at: start) }
        let survivors = try Self.readSurvivors(of: entries.map(\.replica), &reader)
        do throws(GraphError) {
            try begin(at: Horizon(version: version, heads: heads, lamport: lamport), keeping: survivors)
        } catch { throw .notCanonical(at: start) }
    }

    private static func readSurvivors(
        of replicas: [ReplicaID], _ reader: inout ByteReader
    ) throws(ByteError) -> [Horizon.Survivors] {
        // A writer, a count, a number and a time.
        let count = try reader.count(bytesEach: 4)
        var places: [Int] = [], runs: [Horizon.Survivors] = []
        for _ in 0..<count {
            let at = reader.offset
            let place = try reader.varint()
            guard place < UInt64(replicas.count) else { throw .notCanonical(at: at) }
            places.append(Int(place))
        }
        for place in places {
            let at = reader.offset
            let count = try reader.varint()
            guard count > 0, count <= UInt64(EventBatch.countLimit) else { throw .notCanonical(at: at) }
            runs.append(
                Horizon.Survivors(
                    replica: replicas[place], firstSequence: 0, firstLamport: 0, count: Int(count)))
        }
        var reached = [UInt64](repeating: 0, count: replicas.count)
        for (index, place) in places.enumerated() {
            runs[index].firstSequence = reached[place] &+ UInt64(bitPattern: try reader.zigzag())
            reached[place] = runs[index].firstSequence &+ UInt64(runs[index].count)
        }
        var leads = [UInt64](repeating: 0, count: replicas.count)
        for (index, place) in places.enumerated() {
            leads[place] = leads[place] &+ UInt64(bitPattern: try reader.zigzag())
            runs[index].firstLamport = leads[place] &+ runs[index].firstSequence
        }
        return runs
    }
}
