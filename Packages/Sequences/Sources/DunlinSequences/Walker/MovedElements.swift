import DunlinCausality

/// The units that stand for elements which were moved during a walk.
///
/// Each move gives its element another unit, a *slot*, and the element shows in one slot only: of those whose
/// events belong to the version, in the one whose event wins. Elements that were never moved have one unit
/// and are not in here.
struct MovedElements: Sendable {
    /// Where an element was put by an event.
    struct Slot: Sendable {
        var unit: UnitID
        /// The move; -1 where the element was inserted.
        var version: LocalVersion
        /// The event belongs to the prepare version.
        var isPrepared: Bool
    }

    /// An element with all its slots.
    struct Element: Sendable {
        /// Each wins over those before it; the first is the unit that was inserted.
        var slots: [Slot]
        /// Events of the prepare version that deleted the element.
        var preparedDeletions: Int32
        /// All events that deleted it.
        var deletions: Int32
        /// The slot in which it stands, or would if it were not deleted, at the prepare version; nil when it
        /// is not inserted there.
        var prepared: Int?
        /// The same in the sequence as it stands.
        var standing: Int { slots.count - 1 }
        /// The unit that was inserted, which names the element.
        var origin: UnitID { slots[0].unit }

        /// What the prepare state of one of its slots has to be.
        func prepare(of slot: Int) -> Int32 {
            guard slots[slot].isPrepared else { return 0 }
            return slot == prepared && preparedDeletions == 0 ? 1 : 2
        }

        /// The tracked deletions of one of its slots: so many that it is there only if the element shows in
        /// it.
        func deletions(of slot: Int) -> Int32 {
            (slot == standing && deletions == 0 ? 0 : 1) | TrackedRun.movedFlag
        }
    }

    private var elements: [Element] = []
    private var elementOfUnit: [UnitID: Int] = [:]

    init() {}

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        elementOfUnit.removeAll(keepingCapacity: true)
    }

    /// Whether no element was moved.
    var isEmpty: Bool { elements.isEmpty }

    subscript(index: Int) -> Element {
        get { elements[index] }
        _modify { yield &elements[index] }
    }

    /// The element of a unit, if it was moved.
    func index(of unit: UnitID) -> Int? { elementOfUnit[unit] }

    /// The unit that names the element of a unit.
    func origin(of unit: UnitID) -> UnitID { elementOfUnit[unit].map { elements[$0].origin } ?? unit }

    /// Takes in a unit whose element will be moved, as it fared until now.
    mutating func add(_ run: TrackedRun, unit: UnitID) -> Int {
        let isPrepared = run.prepare > 0
        elements.append(
            Element(
                slots: [Slot(unit: unit, version: -1, isPrepared: isPrepared)],
                preparedDeletions: max(0, run.prepare - 1), deletions: run.deletionCount,
                prepared: isPrepared ? 0 : nil))
        elementOfUnit[unit] = elements.count - 1
        return elements.count - 1
    }

    /// Gives an element another slot.
    /// - Parameter rank: how many of its slots the new one wins over.
    mutating func add(_ slot: Slot, to index: Int, rank: Int) {
        elements[index].slots.insert(slot, at: rank)
        if slot.isPrepared {
            // Whoever moves the element knows of no later move.
            elements[index].prepared = rank
        } else if let prepared = elements[index].prepared, prepared >= rank {
            elements[index].prepared = prepared + 1
        }
        elementOfUnit[slot.unit] = index
    }

    /// How many slots of an element an event wins over; of one of its moves, which slot that opened.
    /// - Complexity: O(log² *n*).
    func rank(of version: LocalVersion, in index: Int, graph: CausalGraph) -> Int {
        let slots = elements[index].slots
        var low = 1, high = slots.count
        while low < high {
            let middle = (low + high) / 2
            if graph.wins(version, over: slots[middle].version) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Puts the event of a slot into the prepare version, or takes it out.
    mutating func setPrepared(_ isPrepared: Bool, slot: Int, of index: Int) {
        elements[index].slots[slot].isPrepared = isPrepared
        let prepared = elements[index].prepared
        if isPrepared {
            elements[index].prepared = max(slot, prepared ?? slot)
        } else if slot == prepared {
            elements[index].prepared = elements[index].slots[..<slot].lastIndex(where: \.isPrepared)
        }
    }
}
