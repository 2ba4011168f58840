import DunlinCausality

/// What a walker that has replayed everything says of single units (see ``SequenceIndex``).
extension Walker {
    /// The events that inserted the unit at a position and those behind it in its run, and how many of them
    /// there are.
    func insertion(at position: Int) -> (version: LocalVersion, count: Int)? {
        guard let found = tracker.find(.second, position) else { return nil }
        let run = tracker[found.place]
        let (version, count) = insertion(of: run.id + found.offset)
        return (version, min(count, run.count - found.offset))
    }

    /// Where the unit that an event inserted is in the sequence, how often it was deleted, and how many units
    /// behind it, itself included, have the events that follow and fared alike; nil for an event that
    /// inserted none.
    func place(of version: LocalVersion) -> (position: Int, deletions: Int, count: Int)? {
        guard let unit = unit(insertedBy: version), let found = tracker.find(unit: unit) else { return nil }
        let run = tracker[found.place]
        let position = tracker.effectPosition(of: found.place) + (run.isDeleted ? 0 : found.offset)
        return (
            position, Int(run.deletionCount),
            min(run.count - found.offset, insertion(of: unit).count)
        )
    }

    /// Whether the unit that event `a` inserted stands, or stood, before the one that event `b` inserted.
    func precedes(_ a: LocalVersion, _ b: LocalVersion) -> Bool {
        guard let x = unit(insertedBy: a), let y = unit(insertedBy: b) else { return false }
        return tracker.precedes(x, y)
    }

    private func unit(insertedBy version: LocalVersion) -> UnitID? {
        let index = firstEffect(endingAfter: version)
        guard index < effects.count, effects[index].version <= version, effects[index].kind == .insert else {
            return nil
        }
        return effects[index].unit + version - effects[index].version
    }

    /// The events that inserted what the deletions among `versions` took, as ascending spans in the order of
    /// the deletions.
    func deleted(by versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        var spans: [Range<LocalVersion>] = []
        var index = firstEffect(endingAfter: versions.lowerBound)
        while index < effects.count, effects[index].version < versions.upperBound {
            defer { index += 1 }
            guard effects[index].kind != .insert, effects[index].kind != .move else { continue }
            let units = effects[index].units(of: versions)
            var unit = units.lowerBound
            while unit < units.upperBound {
                let (version, count) = insertion(of: unit)
                let taken = min(count, units.upperBound - unit)
                spans.append(version..<version + taken)
                unit += taken
            }
        }
        return spans
    }
}
