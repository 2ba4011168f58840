import DunlinCausality

/// Names a unit while the walker works: the local version of the event that inserted it, or, below zero, its
/// place in the placeholder that stands for all that was there before.
typealias UnitID = Int

/// Units that were inserted together and have fared alike since.
struct TrackedRun: Sendable {
    static let placeholderBase: UnitID = -(1 << 62)
    /// Left origin of what was inserted at the very beginning.
    static let start: UnitID = .min
    /// Right origin of what was inserted at the very end.
    static let end: UnitID = .max

    /// Unit `i` of the run is `id + i`.
    var id: UnitID
    var count: Int
    /// The unit to the left when the first unit was inserted; each other unit's is the one before it.
    var leftOrigin: UnitID
    /// The unit to the right when the run was inserted.
    var rightOrigin: UnitID
    /// At the prepare version: 0 not inserted yet, 1 there, 1 + n deleted n times.
    var prepare: Int32
    /// Deleted by anything that was replayed so far.
    var isDeleted: Bool

    var isPlaceholder: Bool { id < 0 }
    var prepareCount: Int { prepare == 1 ? count : 0 }
    var effectCount: Int { isDeleted ? 0 : count }

    /// Cuts the run at `offset` and returns the right part.
    mutating func split(at offset: Int) -> TrackedRun {
        var right = self
        right.id = id + offset
        right.count = count - offset
        right.leftOrigin = id + offset - 1
        count = offset
        return right
    }
}
