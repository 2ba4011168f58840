import DunlinEncoding

/// A writer as the data types see it: 32 bytes, in Dunlin the public key of a data feed.
public struct ReplicaID: FixedBytes32 {
    /// The 32 bytes; in spaces, the public key of the feed that the replica writes.
    public let raw: Bytes32
    /// Any 32 bytes name a replica; that no two writers share them is for the caller to see to.
    public init(raw: Bytes32) { self.raw = raw }

    /// A new name of 32 random bytes: `ReplicaID.random { .random(in: .min ... .max) }`.
    ///
    /// Make one once for each installation and document, and keep it with the document: who opens a document
    /// by a name goes on with the numbers that were given under it. No two writers may share one.
    /// - Parameter word: asked four times for 64 bits that nobody can foresee.
    public static func random(_ word: () -> UInt64) -> ReplicaID {
        var bytes: [UInt8] = []
        for _ in 0..<4 {
            let word = word()
            for shift in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * UInt64(shift)))) }
        }
        return ReplicaID(raw: Bytes32(bytes) ?? Bytes32())
    }
}

/// One unit operation: the replica that made it and its number there.
public struct EventID: Hashable, Comparable, Sendable {
    /// The writer of the event.
    public var replica: ReplicaID
    /// Its number among the replica's events; numbers grow, and may leave some out.
    public var sequence: UInt64

    /// Names the event that `replica` gave the number `sequence`.
    public init(replica: ReplicaID, sequence: UInt64) {
        self.replica = replica
        self.sequence = sequence
    }

    /// By replica, then by number: an order to list events in, not their causal order.
    public static func < (a: EventID, b: EventID) -> Bool {
        a.replica == b.replica ? a.sequence < b.sequence : a.replica < b.replica
    }
}
