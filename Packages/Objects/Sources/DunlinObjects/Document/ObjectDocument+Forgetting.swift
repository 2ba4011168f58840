import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinMapCRDT
import DunlinTextCRDT

extension ObjectDocument {
    /// Forgets the history before a version that all replicas have agreed on: from then on memory and saved
    /// bytes grow with what the object holds and what was done since, and no more with its age.
    ///
    /// Nothing changes in the object as it is shown, nor in ``versionVector``; values that are in conflict
    /// stay so. Changes go on being applied, also those of replicas that have not forgotten.
    /// - Parameter version: every event that is not in it, and every one to come, has all of it in its past.
    ///   Of a version that is forgotten already nothing happens.
    /// - Throws: ``ObjectError/graph(_:)`` with ``GraphError/notSettled`` when some event known here has not
    ///   seen all of the version, or ``GraphError/missingParent(_:)`` when it has events that are not known
    ///   here; as ``open()``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons".
    public mutating func forgetHistory(before version: VersionVector) throws(ObjectError) {
        try open()
        do throws(GraphError) {
            let end = try graph.settledCount(of: version)
            guard end > graph.survivorCount else { return }
            let survivors = Survivors(of: self, before: end)
            // Each element was inserted by an event; a damaged history may say otherwise.
            guard survivors.areEnough else { throw .malformed }
            let forgetting = try graph.forgetting(version, keeping: survivors.events)
            forget(before: end, keeping: survivors, graph: forgetting)
        } catch { throw error == .malformed ? .malformed : .graph(error) }
    }

    private mutating func forget(before end: LocalVersion, keeping survivors: Survivors, graph: CausalGraph) {
        let distance = end - graph.survivorCount
        func moved(_ map: MapContainer<Value>) -> MapContainer<Value> {
            var result = MapContainer<Value>()
            let keys = map.keys
            result.reserve(keys.count)
            for key in keys {
                for register in map.conflicts(key) {
                    let version = survivors.places[register.version] ?? register.version - distance
                    result.restore(key, register.value, version: version, graph: graph)
                }
            }
            return result
        }
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map:
                let map = moved(map(index) ?? MapContainer())
                if index == 0 { rootMap = map } else { withNested { $0.maps[index] = map } }
            case .list: withNested { $0.lists[index]?.forget(before: end, movedDownBy: distance) }
            case .text:
                guard let (kept, start) = survivors.texts[index] else { continue }
                withNested {
                    $0.texts[index]?.forget(
                        before: end, keeping: kept, from: start, movedDownBy: distance)
                }
            case .counter: break
            }
        }
        self.graph = graph
    }
}

/// The events before a version whose names an object still needs: of values that maps show, of scalars and of
/// marks; and as many as its longest list had elements.
private struct Survivors {
    private(set) var events: [Range<LocalVersion>] = []
    /// By event of a map's value, its local version from now on.
    private(set) var places: [LocalVersion: LocalVersion] = [:]
    /// By index, what a text keeps, and the first local version that stands for it from now on.
    private(set) var texts: [Int: (TextSurvivors, LocalVersion)] = [:]
    private var count = 0
    /// Elements of the longest list.
    private var longest = 0
    /// Whether there is an event for each element.
    var areEnough: Bool { count >= longest }

    init(of document: ObjectDocument, before end: LocalVersion) {
        for (index, id) in document.containers.enumerated() {
            switch id.kind {
            case .map:
                guard let map = document.map(index) else { continue }
                for key in map.keys {
                    for register in map.conflicts(key) where register.version < end {
                        places[register.version] = count
                        add(register.version..<register.version + 1)
                    }
                }
            case .list: longest = max(longest, document.lists[index]?.count(before: end) ?? 0)
            case .text:
                guard let text = document.texts[index] else { continue }
                let kept = text.survivors(before: end, graph: document.graph)
                texts[index] = (kept, count)
                for span in kept.events { add(span) }
            case .counter: break
            }
        }
        fill(upTo: longest, before: end)
    }

    private mutating func add(_ span: Range<LocalVersion>) {
        events.append(span)
        count += span.count
    }

    /// Adds other events until there are so many, if there are.
    private mutating func fill(upTo wanted: Int, before end: LocalVersion) {
        guard count < wanted else { return }
        var reached = 0
        for span in events.sorted(by: { $0.lowerBound < $1.lowerBound }) + [end..<end] {
            if reached < span.lowerBound {
                add(reached..<min(span.lowerBound, reached + wanted - count))
                if count == wanted { return }
            }
            reached = span.upperBound
        }
    }
}
