import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// - Source: `Docs/Spec/Sequences.md`, "A saved text".
extension Text {
    /// The text as it is shown, with its version and what marks show: enough to read it again at once.
    /// - Complexity: O(*n*); where something was marked, as ``attributedRuns()``, the call of which before
    ///   this one leaves an index that both need.
    public func savedContent() -> [UInt8] {
        var writer = ByteWriter()
        writer.sized(version.encoded())
        TextAttribute.write(attributes(), &writer)
        writer.raw(content.string.utf8)
        return writer.bytes
    }

    /// What marks show.
    private func attributes() -> [TextAttribute] {
        if let sealed { return sealed.attributes }
        guard content.hasMarks else { return [] }
        var content = content
        return content.attributes(graph: graph)
    }

    /// The history, which editing and merging need: by its own, without the text as it is shown, of which it
    /// has a checksum. That finds damage, and no attack.
    /// - Throws: as ``string(at:)``.
    /// - Complexity: O(*n*) in the history, and as ``savedContent()``.
    public func savedHistory() throws(TextError) -> [UInt8] {
        let text = try opened()
        var writer = ByteWriter()
        let events = text.graph.survivorCount..<text.graph.count
        text.graph.writeHorizon(&writer)
        var batch = EventBatch(of: text.graph, in: events.isEmpty ? [] : [events])
        TextUpdate.include(text.content.marks, in: &batch)
        batch.write(&writer)
        text.content.writeMarks(&writer, places: TextMark.places(in: batch.replicas))
        text.content.writeHistory(&writer)
        return SavedHistory(writer.bytes, of: text.savedContent()).encoded()
    }

    /// Opens a saved text. It can be read at once; its history is fetched when something needs it.
    ///
    /// - Parameters:
    ///   - content: what ``savedContent()`` gave.
    ///   - replica: names the writer. Open with the same name only what holds everything that this writer has
    ///     ever sent: save before you send. After a restore from a backup take a new ``ReplicaID``: with the
    ///     old one the next edits take the numbers of edits that others have, and the texts never agree
    ///     again.
    ///   - history: gives what ``savedHistory()`` gave, of the same version; asked once, at the first edit or
    ///     merge or by ``open()``, and until then again by each question about the past that changes nothing.
    ///     These throw ``TextError/historyUnavailable(_:)`` if this throws,
    ///     ``TextError/historyOfAnotherVersion`` if it is that, ``TextError/damagedContent`` if the content
    ///     is not what was saved with it, and ``TextError/malformed`` if it is none or damaged itself.
    /// - Throws: ``TextError/malformed``.
    /// - Complexity: O(*n*) in the text; nothing of its history is touched.
    public init(
        loading content: [UInt8], replica: ReplicaID, history: @escaping @Sendable () throws -> [UInt8]
    ) throws(TextError) {
        self.init(replica: replica)
        do throws(ByteError) {
            var reader = ByteReader(content)
            let version = try VersionVector(decoding: try reader.sized())
            let attributes = try TextAttribute.read(&reader)
            let bytes = content.span.extracting(reader.offset..<content.count)
            guard bytes.isWellFormedUTF8 else { throw ByteError.notCanonical(at: reader.offset) }
            self.content = TextContainer(showing: bytes)
            guard attributes.allSatisfy({ $0.ranges.last?.upperBound ?? 0 <= count }) else {
                throw ByteError.notCanonical(at: reader.offset)
            }
            sealed = Sealed(version: version, attributes: attributes, history: history)
        } catch { throw .malformed }
    }

    /// Opens a saved text of which only the history is left: the remedy for ``TextError/damagedContent``.
    /// - Parameters:
    ///   - history: what ``savedHistory()`` gave.
    ///   - replica: as of ``init(loading:replica:history:)``.
    /// - Throws: ``TextError/malformed`` when the history is none, or damaged too.
    /// - Complexity: O(*n* log *n*) in the history, which is replayed.
    public init(rebuildingFrom history: [UInt8], replica: ReplicaID) throws(TextError) {
        self.init(replica: replica)
        _ = try readHistory(history)
        content = TextContainer(showing: Array(content.string(at: graph.frontier, graph: graph).utf8).span)
        let checksum = try readHistory(history)
        guard checksum == Checksum(of: savedContent().span) else { throw .malformed }
    }

    /// The text with its history, if that has what is not in a version.
    func opened(for version: VersionVector) throws(TextError) -> Text {
        let text = try opened()
        guard !text.graph.hasForgotten(version) else { throw .historyForgotten }
        return text
    }

    func opened() throws(TextError) -> Text {
        guard sealed != nil else { return self }
        var text = self
        try text.open()
        return text
    }

    /// Fetches the history, if that has not been done. Call it before several questions about the past, such
    /// as older versions, updates or the saved history: they change nothing, so that each would fetch and
    /// read it anew.
    /// - Throws: as ``init(loading:replica:history:)`` says of its history; the text is unchanged, and may be
    ///   asked again.
    /// - Complexity: O(*n*) in the history and the text.
    public mutating func open() throws(TextError) {
        guard let sealed else { return }
        let bytes: [UInt8]
        do { bytes = try sealed.history() } catch { throw .historyUnavailable(String(describing: error)) }
        var text = self
        let checksum = try text.readHistory(bytes)
        guard text.graph.versionVector == sealed.version else { throw .historyOfAnotherVersion }
        // What is loaded is written again as it was read, so the bytes need not be kept.
        guard checksum == Checksum(of: savedContent().span) else { throw .damagedContent }
        text.sealed = nil
        self = text
    }

    /// Takes in a history of what the content shows.
    /// - Returns: the checksum of the content that it was saved with.
    private mutating func readHistory(_ bytes: [UInt8]) throws(TextError) -> Checksum {
        let checksum: Checksum
        do {
            let saved = try SavedHistory(decoding: bytes)
            checksum = saved.content
            var reader = ByteReader(saved.history)
            graph = try CausalGraph(readingHorizon: &reader)
            let batch = try EventBatch(reading: &reader)
            let eventCount = graph.count + batch.count
            try content.readMarks(&reader, replicas: batch.replicas, eventCount: eventCount)
            try content.readHistory(&reader, eventCount: eventCount)
            try reader.finish()
            var admission = try BatchAdmission(of: batch, into: graph)
            while try admission.next(&graph) != nil {}
        } catch { throw .malformed }
        let operations = content.log.runs.map {
            SequenceColumns.Operation(number: $0.start, operation: $0.operation)
        }
        guard TextUpdate.isWhole(operations, content.marks, count: graph.count) else { throw .malformed }
        return checksum
    }
}
