/// Names a unit while the walker works: its number among the units inserted in the walk, or, below zero, its
/// place in the placeholder that stands for all that was there before.
typealias UnitID = Int

/// Units that were inserted together and have fared alike since.
struct TrackedRun: Sendable {
    static let placeholderBase: UnitID = -(1 << 62)
    /// Left origin of what was inserted at the very beginning.
    static let start: UnitID = .min
    /// Right origin of what was inserted at the very end.
    static let end: UnitID = .max

    /// Says of a run that its units stand for elements that were moved (``MovedElements``), which has to be
    /// asked for before they change.
    static let movedFlag: Int32 = 1 << 30

    /// Unit `i` of the run is `id + i`.
    var id: UnitID
    var count: Int
    /// The unit to the left when the first unit was inserted; each other unit's is the one before it.
    var leftOrigin: UnitID
    /// The unit to the right when the run was inserted.
    var rightOrigin: UnitID
    /// At the prepare version: 0 not inserted yet, 1 there, 1 + n deleted n times.
    var prepare: Int32
    /// How often it was deleted by what was replayed so far, and ``movedFlag``.
    var deletions: Int32

    var isPlaceholder: Bool { id < 0 }
    var isMoved: Bool { deletions & Self.movedFlag != 0 }
    var deletionCount: Int32 { deletions & ~Self.movedFlag }
    /// Deleted, or a slot in which a moved element does not show.
    var isDeleted: Bool { deletionCount > 0 }
    var prepareCount: Int { prepare == 1 ? count : 0 }
    var effectCount: Int { isDeleted ? 0 : count }
    var sums: SumTree.Sums { SumTree.Sums(prepareCount, effectCount, isPlaceholder ? count : 0) }

    /// Whether a run behind this one could be a part of it.
    func continues(into next: TrackedRun) -> Bool {
        id + count == next.id && next.leftOrigin == next.id - 1 && prepare == next.prepare
            && deletions == next.deletions && rightOrigin == next.rightOrigin
            && isPlaceholder == next.isPlaceholder
    }

    /// The units from `offset` on as a run of their own.
    func suffix(from offset: Int) -> TrackedRun {
        var right = self
        right.id = id + offset
        right.count = count - offset
        if offset > 0 { right.leftOrigin = id + offset - 1 }
        return right
    }
}
