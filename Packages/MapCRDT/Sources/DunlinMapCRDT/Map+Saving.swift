import DunlinCausality
import DunlinEncoding

extension Map {
    /// The map as it is shown, conflicts too, with its version: enough to read it again at once.
    ///
    /// Two documents with the same events give the same bytes.
    /// - Complexity: O(*n* log *n*) in the keys.
    /// - Source: `Docs/Spec/Maps.md`, "A saved map".
    public func savedContent() -> [UInt8] {
        if let sealed { return sealed.content.encoded() }
        var content = MapContent(version: version)
        for place in shownPlaces() {
            let values = state.ranked(place, graph).map { log.values[$0] }
            content.add(log.keys[Int(place)], values: values, sum: state.sum(place))
        }
        return content.encoded()
    }

    /// The history, which writing and merging need: by its own, without the map as it is shown.
    /// - Throws: as ``encode(since:)``.
    /// - Complexity: O(*n*) in the events.
    public func savedHistory() throws(MapError) -> [UInt8] {
        let map = try opened()
        return MapUpdate.encodeHistory(graph: map.graph, log: map.log)
    }

    /// Opens a saved map. It can be read at once; its history is fetched when something needs it.
    ///
    /// - Parameters:
    ///   - content: what ``savedContent()`` gave.
    ///   - replica: names the writer. Open with the same name only what holds everything that this writer has
    ///     ever sent: save before you send. After a restore from a backup take a new ``ReplicaID``: with the
    ///     old one the next writes take the numbers of writes that others have, and the maps never agree
    ///     again.
    ///   - history: gives what ``savedHistory()`` gave, of the same version; asked at the first write, merge
    ///     or question about the past, which throws ``MapError/historyUnavailable(_:)`` if this throws,
    ///     ``MapError/historyOfAnotherVersion`` if it is that, and ``MapError/malformed`` if it is none.
    /// - Throws: ``MapError/malformed``.
    /// - Complexity: O(*n*) in the keys; nothing of the history is touched.
    public init(
        loading content: [UInt8], replica: ReplicaID, history: @escaping @Sendable () throws -> [UInt8]
    ) throws(MapError) {
        self.replica = replica
        do throws(ByteError) {
            sealed = Sealed(content: try MapContent(decoding: content), history: history)
        } catch { throw .malformed }
    }

    /// The map with its history, if that has what is not in a version.
    func opened(for version: VersionVector) throws(MapError) -> Map {
        let map = try opened()
        guard !map.graph.hasForgotten(version) else { throw .historyForgotten }
        return map
    }

    func opened() throws(MapError) -> Map {
        guard sealed != nil else { return self }
        var map = self
        try map.open()
        return map
    }

    /// Replays the history, so that the map is what its events make of it, whatever was saved beside them.
    mutating func open() throws(MapError) {
        guard let sealed else { return }
        let bytes: [UInt8]
        do { bytes = try sealed.history() } catch { throw .historyUnavailable(String(describing: error)) }
        var map = Map(replica: replica), nobodyAsks = ShownBefore(isKept: false)
        do {
            var reader = try ByteReader(checking: bytes)
            map.graph = try CausalGraph(readingHorizon: &reader)
            let update = try MapUpdate(reading: &reader, survivorCount: map.graph.survivorCount)
            try map.restoreSurvivors(of: update)
            try map.take(update, &nobodyAsks)
        } catch { throw .malformed }
        guard map.version == sealed.content.version else { throw .historyOfAnotherVersion }
        self = map
    }
}
