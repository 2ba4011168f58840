import DunlinCausality
import DunlinEncoding

extension Map {
    /// The events that are not in `version`, for ``merge(_:report:)`` elsewhere.
    /// - Throws: ``MapError/historyUnavailable(_:)``, ``MapError/malformed``,
    ///   ``MapError/historyOfAnotherVersion`` when the map was loaded and its history cannot be read or is
    ///   none of it; ``MapError/historyForgotten`` when the version has not all that was forgotten.
    /// - Complexity: O(*n*) in the events.
    /// - Source: `Docs/Spec/Maps.md`, "A map alone".
    public func encode(since version: VersionVector = VersionVector()) throws(MapError) -> [UInt8] {
        let map = try opened(for: version)
        return map.encode(from: version, to: map.graph.frontier)
    }

    /// The events of `later` that are not in `version`.
    /// - Throws: as ``encode(since:)``.
    public func encode(since version: VersionVector, upTo later: VersionVector) throws(MapError) -> [UInt8] {
        let map = try opened(for: version)
        guard !map.graph.hasForgotten(later) else { throw .historyForgotten }
        return map.encode(from: version, to: map.graph.frontier(of: later))
    }

    private func encode(from version: VersionVector, to frontier: Frontier) -> [UInt8] {
        let spans = graph.difference(frontier, graph.frontier(of: version)).onlyA
        return MapUpdate.encode(spans, graph: graph, log: log)
    }

    /// Takes in the events of another document of the same map. Events do not say of which map they are:
    /// keep those of two apart, by the channel or a name beside them.
    ///
    /// - Parameter report: told once of each key that shows something else than before, when all is done.
    ///   Without it merging is faster.
    /// - Throws: ``MapError/missingEvents`` when the events rest on others that are not known here,
    ///   ``MapError/historyForgotten`` when some have not seen what was forgotten here,
    ///   ``MapError/malformed``, or as ``encode(since:)``; the map is unchanged.
    /// - Complexity: O(*n*) in the events, and for writes that have not seen everything O(*d*) in the runs
    ///   between them and what they have not seen.
    public mutating func merge(_ encoded: [UInt8], report: ((MapChange) -> Void)? = nil) throws(MapError) {
        let update = try MapUpdate(decoding: encoded)
        if sealed != nil { try open() }
        var shownBefore = ShownBefore(isKept: report != nil)
        try take(update, &shownBefore)
        for (place, old) in shownBefore.values {
            let new = shown(place)
            if new != old { report?(MapChange(key: log.keys[Int(place)], old: old, new: new)) }
        }
    }

    /// What keys showed before a merge, if anybody wants to know.
    struct ShownBefore {
        let isKept: Bool
        private(set) var values: [(place: UInt32, value: CBORValue?)] = []
        private var places: Set<UInt32> = []

        init(isKept: Bool) { self.isKept = isKept }

        mutating func keep(_ place: UInt32, _ map: Map) {
            if places.insert(place).inserted { values.append((place, map.shown(place))) }
        }
    }

    /// Takes in what is new of an update.
    mutating func take(_ update: MapUpdate, _ shownBefore: inout ShownBefore) throws(MapError) {
        var admission: BatchAdmission
        do throws(GraphError) {
            admission = try BatchAdmission(of: update.batch, into: graph)
        } catch { throw MapError(error) }
        guard update.keys.count <= Int(UInt32.max) - log.keys.count else { throw .malformed }
        var places = [UInt32?](repeating: nil, count: update.keys.count)
        do throws(GraphError) {
            while let admitted = try admission.next(&graph) {
                let first = update.survivorCount + admitted.events.lowerBound
                log.append(first..<first + admitted.events.count, of: update, &places)
                if shownBefore.isKept {
                    state.makeRoom(log.keys.count)
                    for version in admitted.versions { shownBefore.keep(log.keyOf[version], self) }
                }
                if admitted.isOnFrontier {
                    state.apply(admitted.versions, log)
                } else {
                    state.apply(admitted.versions, parents: admitted.parents, log, graph)
                }
            }
        } catch { throw .malformed }
    }
}
