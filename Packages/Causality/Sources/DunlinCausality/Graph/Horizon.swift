/// Where a graph begins that has forgotten what was before: a version that every event behind it has in its
/// past.
public struct Horizon: Hashable, Sendable {
    /// What is forgotten; all numbers below a replica's bound count as known.
    public let version: VersionVector
    /// The newest events of the version: a new event has all of them in its past, or it is refused.
    public let heads: [EventID]
    /// The greatest Lamport time in the version; what comes behind it has greater ones.
    public let lamport: UInt64

    /// Consecutive events of one replica whose names and times are still asked for.
    ///
    /// They may stand in any order: as far as the graph knows, each follows the one before it.
    struct Survivors: Hashable, Sendable {
        var replica: ReplicaID
        var firstSequence: UInt64
        var firstLamport: UInt64
        var count: Int

        fileprivate func continues(into next: Survivors) -> Bool {
            replica == next.replica && firstSequence + UInt64(count) == next.firstSequence
                && firstLamport + UInt64(count) == next.firstLamport
        }

        /// Adds events to those that survive, to the last of them where they go on.
        static func append(_ next: Survivors, to all: inout [Survivors]) {
            if let last = all.last, last.continues(into: next) {
                all[all.count - 1].count += next.count
            } else {
                all.append(next)
            }
        }
    }
}

/// What a graph has forgotten.
struct Forgotten: Sendable {
    var horizon: Horizon
    /// See ``CausalGraph/survivorCount``.
    var survivorCount: Int
}
