import DunlinEncoding

/// What is known of each replica: all its events below a number.
public struct VersionVector: Hashable, Sendable {
    private var bounds: [ReplicaID: UInt64] = [:]

    /// A vector that holds no event of anybody.
    public init() {}

    /// The number of the next event expected from `replica`; nil (or 0) when none is known.
    public subscript(replica: ReplicaID) -> UInt64? {
        get { bounds[replica] }
        set { bounds[replica] = newValue == 0 ? nil : newValue }
    }

    /// Whether it holds no event.
    public var isEmpty: Bool { bounds.isEmpty }

    /// Entries in the order of the replicas' bytes.
    public var entries: [(replica: ReplicaID, bound: UInt64)] {
        bounds.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Whether it holds an event: whether its number is below the replica's bound.
    public func contains(_ event: EventID) -> Bool { event.sequence < bounds[event.replica] ?? 0 }

    /// Whether everything in `other` is in this one.
    public func dominates(_ other: VersionVector) -> Bool {
        other.bounds.allSatisfy { $0.value <= bounds[$0.key] ?? 0 }
    }

    /// Takes an event in, and with it all that have lower numbers of the same replica.
    ///
    /// No event has the number 2⁶⁴ - 1, since no bound would be above it: graphs and batches refuse one. An
    /// anchor can still be made that names it; of that all lower numbers are taken in.
    public mutating func include(_ event: EventID) {
        let bound = event.sequence == .max ? .max : event.sequence + 1
        bounds[event.replica] = max(bounds[event.replica] ?? 0, bound)
    }

    /// Takes in everything that `other` holds.
    /// - Complexity: O(*n*) in the replicas of `other`.
    public mutating func merge(_ other: VersionVector) {
        bounds.merge(other.bounds) { max($0, $1) }
    }

    /// Varint count, then 32 bytes and a varint for each replica, sorted.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(UInt64(bounds.count))
        for (replica, bound) in entries {
            writer.raw(replica.bytes)
            writer.varint(bound)
        }
        return writer.bytes
    }

    /// Reads what ``encoded()`` writes.
    /// - Throws: ``ByteError`` when bytes are missing, are too many, or are not the only way to write the
    /// vector.
    public init(decoding bytes: [UInt8]) throws(ByteError) {
        var reader = ByteReader(bytes)
        let count = try reader.count(bytesEach: 33)
        var previous: ReplicaID?
        for _ in 0..<count {
            let start = reader.offset
            guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                throw .notCanonical(at: start)
            }
            let bound = try reader.varint()
            if let previous, previous >= replica { throw .notCanonical(at: start) }
            guard bound > 0 else { throw .notCanonical(at: start) }
            bounds[replica] = bound
            previous = replica
        }
        try reader.finish()
    }
}
