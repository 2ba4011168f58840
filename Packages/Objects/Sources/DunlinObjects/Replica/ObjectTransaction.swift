import DunlinCausality

/// A transaction of an object's history.
public struct ObjectTransaction: Hashable, Sendable {
    /// Who made it.
    public var author: ReplicaID
    /// The numbers of its events at the author.
    public var events: Range<UInt64>
    /// Lamport time of the first of them.
    public var lamport: UInt64
    /// When it was made, by the author's clock.
    public var time: UInt64
}
