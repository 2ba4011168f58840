import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// A text that replicas edit apart and merge: a document of its own.
///
/// Positions count Unicode scalars. Merging is commutative, associative and idempotent; concurrent runs of
/// typing stay whole. Copies share storage until one of them changes.
/// - Source: Gentle and Kleppmann 2024, "Collaborative Text Editing with Eg-walker".
public struct Text: Sendable {
    /// The writer of what is edited here.
    public let replica: ReplicaID
    /// All events of the text, by which concurrent ones are told from those that follow each other.
    public private(set) var graph = CausalGraph()
    private var content = TextContainer()

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) {
        self.replica = replica
    }

    /// The whole text.
    /// - Complexity: O(*n*).
    public var string: String { content.string }
    /// Unicode scalars in the text; positions count these.
    public var count: Int { content.count }
    /// UTF-16 units in the text, as most editors count.
    public var utf16Count: Int { content.utf16Count }
    /// What this document holds of each replica.
    public var version: VersionVector { graph.versionVector }

    /// - Throws: ``TextError/outOfRange(_:count:)``.
    public mutating func insert(_ text: String, at position: Int) throws(TextError) {
        guard (0...count).contains(position) else { throw .outOfRange(position..<position, count: count) }
        guard !text.isEmpty else { return }
        try edit(.insert(text, at: position))
    }

    /// - Throws: ``TextError/outOfRange(_:count:)``.
    public mutating func delete(_ range: Range<Int>) throws(TextError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        try edit(.delete(range))
    }

    /// Turns the text into `text` by replacing what lies between the common beginning and the common end.
    public mutating func replace(with text: String) throws(TextError) {
        let change = TextDifference(from: content.string, to: text)
        try delete(change.deleted)
        try insert(change.inserted, at: change.deleted.lowerBound)
    }

    private mutating func edit(_ operation: TextOperation) throws(TextError) {
        let frontier = graph.frontier
        let versions: Range<LocalVersion>
        do {
            versions = try graph.append(
                replica: replica, sequence: graph.versionVector[replica] ?? 0,
                count: operation.operation.count,
                parents: frontier)
        } catch { throw .missingEvents }
        _ = content.apply(
            operation, versions: versions, parents: frontier, frontier: frontier, graph: graph)
    }

    /// The text at an older version.
    public func string(at version: VersionVector) -> String {
        content.string(at: graph.frontier(of: version), graph: graph)
    }

    // MARK: Exchange

    /// The events that are not in `version`, for ``merge(_:)`` elsewhere.
    /// - Source: `Docs/Spec/Sequences.md`, "A text alone".
    public func encode(since version: VersionVector = VersionVector()) -> [UInt8] {
        TextExchange.encode(graph: graph, content: content, from: version, to: graph.frontier)
    }

    /// The events of `later` that are not in `version`.
    public func encode(since version: VersionVector, upTo later: VersionVector) -> [UInt8] {
        TextExchange.encode(graph: graph, content: content, from: version, to: graph.frontier(of: later))
    }

    /// Takes in the events of another document of the same text.
    ///
    /// - Returns: what changed in the text as it is shown, in order.
    /// - Throws: ``TextError/missingEvents`` when the events rest on others that are not known here, and
    ///   ``TextError/malformed``; the document is unchanged.
    @discardableResult
    public mutating func merge(_ encoded: [UInt8]) throws(TextError) -> [TextDelta] {
        let spans = try TextExchange.decode(encoded)
        var next = self
        var deltas: [TextDelta] = []
        for span in spans { deltas += try next.apply(span) }
        self = next
        return deltas
    }

    private mutating func apply(_ span: TextExchange.Span) throws(TextError) -> [TextDelta] {
        let known = graph.versionVector[span.replica] ?? 0
        guard span.sequence >= known else {
            // The beginning of the span is here already.
            guard span.sequence + UInt64(span.operation.operation.count) > known else { return [] }
            return try apply(span.dropFirst(Int(known - span.sequence)))
        }
        guard span.sequence == known else { throw .missingEvents }
        var parents: [LocalVersion] = []
        for event in span.parents {
            guard let parent = graph.localVersion(of: event) else { throw .missingEvents }
            parents.append(parent)
        }
        let minimal = graph.dominators(of: parents)
        let frontier = graph.frontier
        let versions: Range<LocalVersion>
        do {
            versions = try graph.append(
                replica: span.replica, sequence: span.sequence, count: span.operation.operation.count,
                parents: minimal)
        } catch { throw .malformed }
        return content.apply(
            span.operation, versions: versions, parents: minimal, frontier: frontier, graph: graph)
    }
}
