import DunlinCausality

/// What events did to neighbouring units: events of one run that inserted or deleted them, or one that opened
/// a slot for a moved element.
struct Effect: Sendable {
    /// The first of the events.
    var version: LocalVersion
    var count: Int
    /// The first of the units, in the order of the sequence.
    var unit: UnitID
    var kind: SequenceOperation.Kind

    var versions: Range<LocalVersion> { version..<version + count }

    /// The units of those among the events that lie in `part`; they overlap.
    func units(of part: Range<LocalVersion>) -> Range<UnitID> {
        let taken = versions.clamped(to: part)
        // Of a backward deletion the first event took the last unit.
        let offset =
            kind == .deleteBackward ? versions.upperBound - taken.upperBound : taken.lowerBound - version
        return unit + offset..<unit + offset + taken.count
    }
}
