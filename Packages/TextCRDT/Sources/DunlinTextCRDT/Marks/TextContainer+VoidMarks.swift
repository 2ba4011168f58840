import DunlinCausality
import DunlinSequences

/// Marks that reach over nothing, whatever becomes known later: an end holds on to a scalar that the mark's
/// writer had seen deleted.
///
/// Who has forgotten such a scalar cannot place the end, so nobody does. What is in a mark's past is the same
/// for all, so all agree. Only faulty writers make such marks.
/// - Source: `Docs/Spec/Sequences.md`, "Anchors and marks".
extension TextContainer {
    /// Judges the marks of others that came since the last time. All of a mark's past came before it, so each
    /// is judged once.
    /// - Complexity: O(log *n*) for each, once the index is made; O(*n* log *n*) in the deletions when an end
    ///   is at a scalar that is deleted now.
    mutating func judgeMarks(graph: CausalGraph) {
        guard !openMarks.isEmpty else { return }
        updateIndex(graph: graph)
        guard let index else { return }
        for (place, isVoid) in zip(openMarks, areVoid(openMarks.map { marks[$0] }, index, graph: graph)) {
            marks[place].standing = isVoid ? .void : .holds
        }
        openMarks = []
    }

    /// Whether each of some marks is void, by an index that holds all of their pasts.
    func areVoid(_ marks: [TextMark], _ index: SequenceIndex, graph: CausalGraph) -> [Bool] {
        let ends = marks.map { mark in
            mark.standing == .open ? [mark.start.event, mark.end.event].compactMap(\.self) : []
        }
        let deleted = zip(marks, ends).map { mark, ends in
            ends.compactMap(graph.localVersion(of:))
                .filter { $0 < mark.version && index.place(of: $0)?.deletions ?? 0 > 0 }
        }
        let deletions = deletions(of: Set(deleted.joined()).sorted(), index)
        return marks.indices.map { place in
            let mark = marks[place]
            return mark.standing == .void
                // What is known and has no version was forgotten.
                || ends[place].contains { graph.knows($0) && graph.localVersion(of: $0) == nil }
                || deleted[place].contains { scalar in
                    deletions[scalar, default: []].contains { graph.contains([mark.version], $0) }
                }
        }
    }

    /// The events that deleted scalars, which are given by those that inserted them, ascending.
    private func deletions(
        of scalars: [LocalVersion], _ index: SequenceIndex
    ) -> [LocalVersion: [LocalVersion]] {
        var found: [LocalVersion: [LocalVersion]] = [:]
        guard !scalars.isEmpty else { return found }
        for run in log.runs where run.kind != .insert && !run.isVoid {
            for span in index.deleted(by: run.versions) {
                var place = scalars.firstPlace(from: span.lowerBound)
                while place < scalars.count, scalars[place] < span.upperBound {
                    let scalar = scalars[place]
                    found[scalar, default: []].append(index.deletion(of: scalar, among: run.versions))
                    place += 1
                }
            }
        }
        return found
    }
}

extension SequenceIndex {
    /// Which of the events deleted a scalar; one of them did.
    fileprivate func deletion(of scalar: LocalVersion, among versions: Range<LocalVersion>) -> LocalVersion {
        var versions = versions
        while versions.count > 1 {
            let middle = versions.lowerBound + versions.count / 2
            let isFirst = deleted(by: versions.lowerBound..<middle).contains { $0.contains(scalar) }
            versions = isFirst ? versions.lowerBound..<middle : middle..<versions.upperBound
        }
        return versions.lowerBound
    }
}

extension [LocalVersion] {
    /// The first place of a version that is not below another; they ascend.
    fileprivate func firstPlace(from version: LocalVersion) -> Int {
        var low = 0, high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < version { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
