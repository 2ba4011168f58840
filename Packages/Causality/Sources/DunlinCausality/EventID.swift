import DunlinEncoding

/// A writer as the data types see it: 32 bytes, in Dunlin the public key of a data feed.
public struct ReplicaID: FixedBytes32 {
    public let raw: Bytes32
    public init(raw: Bytes32) { self.raw = raw }
}

/// One unit operation: the replica that made it and its number there.
public struct EventID: Hashable, Comparable, Sendable {
    public var replica: ReplicaID
    public var sequence: UInt64

    public init(replica: ReplicaID, sequence: UInt64) {
        self.replica = replica
        self.sequence = sequence
    }

    public static func < (a: EventID, b: EventID) -> Bool {
        a.replica == b.replica ? a.sequence < b.sequence : a.replica < b.replica
    }
}
