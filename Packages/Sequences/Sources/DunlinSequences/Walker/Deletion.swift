import DunlinCausality

/// Events of one operation that deleted neighbouring units.
struct Deletion: Sendable {
    var versions: Range<LocalVersion>
    /// The first of the units, in the order of the sequence's run.
    var firstUnit: UnitID
    /// The first event took the last unit.
    var isBackward: Bool

    /// The units that those of `part` among the events took; they overlap.
    func units(of part: Range<LocalVersion>) -> Range<UnitID> {
        let taken = versions.clamped(to: part)
        let offset =
            isBackward ? versions.upperBound - taken.upperBound : taken.lowerBound - versions.lowerBound
        return firstUnit + offset..<firstUnit + offset + taken.count
    }
}
