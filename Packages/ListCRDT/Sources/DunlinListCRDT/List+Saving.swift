import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// - Source: `Docs/Spec/Lists.md`, "A saved list".
extension List {
    /// The list as it is shown, with its version: enough to read it again at once.
    public func savedContent() -> [UInt8] {
        var writer = ByteWriter()
        ListFormat.writeForm(&writer)
        writer.sized(version.encoded())
        let elements = elements
        writer.varint(UInt64(elements.count))
        ListFormat.write(elements, &writer)
        return writer.bytes
    }

    /// The history, which editing and merging need: by its own, without the list as it is shown, of which it
    /// has a checksum. That finds damage, and no attack.
    /// - Throws: as ``elements(at:)``.
    public func savedHistory() throws(ListError) -> [UInt8] {
        let list = try opened()
        var writer = ByteWriter()
        ListFormat.writeForm(&writer)
        let events = list.graph.survivorCount..<list.graph.count
        list.graph.writeHorizon(&writer)
        EventBatch(of: list.graph, in: events.isEmpty ? [] : [events]).write(&writer)
        list.content.log.write(&writer)
        ListFormat.write(Array(list.content.inserted(0..<list.content.log.insertedCount) ?? []), &writer)
        return SavedHistory(writer.bytes, of: list.savedContent()).encoded()
    }

    /// Opens a saved list. It can be read at once; its history is fetched when something needs it.
    ///
    /// - Parameters:
    ///   - content: what ``savedContent()`` gave.
    ///   - replica: names the writer. Open with the same name only what holds everything that this writer has
    ///     ever sent: save before you send. After a restore from a backup take a new ``ReplicaID``: with the
    ///     old one the next edits take the numbers of edits that others have, and the lists never agree
    ///     again.
    ///   - history: gives what ``savedHistory()`` gave, of the same version; asked once, at the first edit or
    ///     merge or by ``open()``, and until then again by each question about the past that changes nothing.
    ///     These throw ``ListError/historyUnavailable(_:)`` if this throws,
    ///     ``ListError/historyOfAnotherVersion`` if it is that, ``ListError/damagedContent`` if the content
    ///     is not what was saved with it, and ``ListError/malformed`` if it is none or damaged itself.
    /// - Throws: ``ListError/malformed``.
    /// - Complexity: O(*n*) in the list; nothing of its history is touched.
    public init(
        loading content: [UInt8], replica: ReplicaID, history: @escaping @Sendable () throws -> [UInt8]
    ) throws(ListError) {
        self.init(replica: replica)
        do throws(ByteError) {
            var reader = ByteReader(content)
            try ListFormat.readForm(&reader)
            let version = try VersionVector(decoding: try reader.sized())
            guard let count = Int(exactly: try reader.varint()) else { throw ByteError.notCanonical(at: 0) }
            self.content = ListContainer(showing: try ListFormat.read(&reader, count: count))
            sealed = Sealed(version: version, history: history)
        } catch { throw .malformed }
    }

    /// Opens a saved list of which only the history is left: the remedy for ``ListError/damagedContent``.
    /// - Parameters:
    ///   - history: what ``savedHistory()`` gave.
    ///   - replica: as of ``init(loading:replica:history:)``.
    /// - Throws: ``ListError/malformed`` when the history is none, or damaged too.
    /// - Complexity: O(*n* log *n*) in the history, which is replayed.
    public init(rebuildingFrom history: [UInt8], replica: ReplicaID) throws(ListError) {
        self.init(replica: replica)
        _ = try readHistory(history)
        guard let shown = content.elements(at: graph.frontier, graph: graph) else { throw .malformed }
        content = ListContainer(showing: shown)
        let checksum = try readHistory(history)
        guard checksum == Checksum(of: savedContent().span) else { throw .malformed }
    }

    /// The list with its history, if that has what is not in a version.
    func opened(for version: VersionVector) throws(ListError) -> List {
        let list = try opened()
        guard !list.graph.hasForgotten(version) else { throw .historyForgotten }
        return list
    }

    func opened() throws(ListError) -> List {
        guard sealed != nil else { return self }
        var list = self
        try list.open()
        return list
    }

    /// Fetches the history, if that has not been done. Call it before several questions about the past, such
    /// as older versions, updates or the saved history: they change nothing, so that each would fetch and
    /// read it anew.
    /// - Throws: as ``init(loading:replica:history:)`` says of its history; the list is unchanged, and may be
    ///   asked again.
    /// - Complexity: O(*n*) in the history and the list.
    public mutating func open() throws(ListError) {
        guard let sealed else { return }
        let bytes: [UInt8]
        do { bytes = try sealed.history() } catch { throw .historyUnavailable(String(describing: error)) }
        var list = self
        let checksum = try list.readHistory(bytes)
        guard list.graph.versionVector == sealed.version else { throw .historyOfAnotherVersion }
        // What is loaded is written again as it was read, so the bytes need not be kept.
        guard checksum == Checksum(of: savedContent().span) else { throw .damagedContent }
        list.sealed = nil
        self = list
    }

    /// Takes in a history of what the content shows.
    /// - Returns: the checksum of the content that it was saved with.
    private mutating func readHistory(_ bytes: [UInt8]) throws(ListError) -> Checksum {
        do {
            let saved = try SavedHistory(decoding: bytes)
            var reader = ByteReader(saved.history)
            try ListFormat.readForm(&reader)
            graph = try CausalGraph(readingHorizon: &reader)
            let batch = try EventBatch(reading: &reader)
            let eventCount = graph.count + batch.count
            let log = try SequenceLog(reading: &reader, eventCount: eventCount, kinds: .list)
            // A list's events are its operations: none is missing.
            guard log.runs.reduce(0, { $0 + $1.count }) == eventCount else { throw ListError.malformed }
            let inserted = try ListFormat.read(&reader, count: log.insertedCount)
            guard content.hasRoom(for: inserted.count) else { throw ListError.malformed }
            var admission = try BatchAdmission(of: batch, into: graph)
            while try admission.next(&graph) != nil {}
            content.restore(log, inserted: inserted)
            return saved.content
        } catch { throw .malformed }
    }
}
