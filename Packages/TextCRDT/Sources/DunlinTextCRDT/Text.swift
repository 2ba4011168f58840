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
    var graph = CausalGraph()
    var content = TextContainer()
    /// Of a text that was loaded: where its history is, until something needs it.
    var sealed: Sealed?

    struct Sealed: Sendable {
        var version: VersionVector
        /// What marks show.
        var attributes: [TextAttribute]
        var history: @Sendable () throws -> [UInt8]
    }

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) {
        self.replica = replica
    }

    /// The whole text.
    /// - Complexity: O(*n*).
    public var string: String { content.string }
    /// The text in a range of scalars, clamped to the text.
    /// - Complexity: O(log *n*) and the length of the range.
    public func string(in range: Range<Int>) -> String { content.string(in: range) }
    /// Unicode scalars in the text; positions count these.
    public var count: Int { content.count }
    /// UTF-16 units in the text, as most editors count.
    public var utf16Count: Int { content.utf16Count }
    /// Lines in the text: one more than it has line feeds.
    public var lineCount: Int { content.lineCount }
    /// Scalars before a UTF-16 offset; nil inside a surrogate pair or beyond the end.
    /// - Complexity: O(log *n*), as of all conversions.
    public func scalarOffset(ofUTF16 offset: Int) -> Int? { content.scalarOffset(ofUTF16: offset) }
    /// UTF-16 units before a scalar; nil beyond the end.
    public func utf16Offset(ofScalar offset: Int) -> Int? { content.utf16Offset(ofScalar: offset) }
    /// Scalars before the first one of a line, from 0; nil when there is no such line.
    public func scalarOffset(ofLine line: Int) -> Int? { content.scalarOffset(ofLine: line) }
    /// The line of a scalar, from 0; nil beyond the end.
    public func line(ofScalar offset: Int) -> Int? { content.line(ofScalar: offset) }

    /// What this document holds of each replica.
    public var version: VersionVector { sealed?.version ?? graph.versionVector }

    // MARK: Editing

    /// Puts text before the scalar at `position`.
    /// - Throws: ``TextError/outOfRange(_:count:)``, ``TextError/numbersUsedUp``; see
    ///   ``init(loading:replica:history:)`` for the others.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func insert(_ text: String, at position: Int) throws(TextError) {
        guard position >= 0, position <= count else { throw .outOfRange(position..<position, count: count) }
        guard !text.isEmpty else { return }
        if sealed != nil { try open() }
        var text = text
        let inserted: Bool? = text.withUTF8 { buffer in
            unsafe insert(Span(_unsafeElements: buffer), at: position)
        }
        guard inserted ?? false else { throw .numbersUsedUp }
    }

    private mutating func insert(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        var units = 1
        if bytes.count > 1 {
            units = 0
            for index in bytes.indices where bytes[index] & 0xc0 != 0x80 { units += 1 }
        }
        guard let versions = append(units) else { return false }
        content.insert(bytes, at: position, versions: versions)
        return true
    }

    /// Takes out the scalars in `range`.
    /// - Throws: ``TextError/outOfRange(_:count:)``, ``TextError/numbersUsedUp``; see
    ///   ``init(loading:replica:history:)`` for the others.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func delete(_ range: Range<Int>) throws(TextError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        if sealed != nil { try open() }
        guard let versions = append(range.count) else { throw .numbersUsedUp }
        content.delete(range, versions: versions)
    }

    /// Turns the text into `text` by small edits (see ``TextDifference``), so that what others type meanwhile
    /// keeps its place.
    /// - Parameter report: told what changes in the text as it is shown, in order: from its end to its
    ///   beginning. The text that is being changed must not be touched inside it, not even read: Swift stops
    ///   the program. All that a view needs is in the delta.
    /// - Throws: ``TextError`` when the history cannot be read; see ``init(loading:replica:history:)``.
    /// - Complexity: see ``TextDifference``.
    public mutating func replace(
        with text: String, report: ((TextDelta) -> Void)? = nil
    ) throws(TextError) {
        for replacement in TextDifference(from: content.string, to: text).replacements.reversed() {
            try replace(replacement.deleted, with: replacement.inserted, report: report)
        }
    }

    /// Takes out scalars and puts text in their place.
    mutating func replace(
        _ range: Range<Int>, with text: String, report: ((TextDelta) -> Void)?
    ) throws(TextError) {
        let delta = report.map { _ in
            TextDelta(replacing: range, with: text, from: utf16Offset(ofScalar:))
        }
        try delete(range)
        try insert(text, at: range.lowerBound)
        if let report, let delta { report(delta) }
    }

    /// New events of this replica; nil when its numbers are used up.
    mutating func append(_ count: Int) -> Range<LocalVersion>? {
        try? graph.append(replica: replica, count: count)
    }

    /// The text at an older version.
    /// - Throws: ``TextError/historyUnavailable(_:)``, ``TextError/malformed``,
    ///   ``TextError/historyOfAnotherVersion`` when the text was loaded and its history cannot be read or is
    ///   none of it; ``TextError/historyForgotten`` when the version has not all that was forgotten.
    public func string(at version: VersionVector) throws(TextError) -> String {
        let text = try opened(for: version)
        return text.content.string(at: text.graph.frontier(of: version), graph: text.graph)
    }

    // MARK: Exchange

    /// The events that are not in `version`, for ``merge(_:report:)`` elsewhere.
    /// - Throws: as ``string(at:)``.
    /// - Source: `Docs/Spec/Sequences.md`, "A text alone".
    public func encode(since version: VersionVector = VersionVector()) throws(TextError) -> [UInt8] {
        let text = try opened(for: version)
        return text.encode(from: version, to: text.graph.frontier)
    }

    /// The events of `later` that are not in `version`.
    /// - Throws: as ``string(at:)``.
    public func encode(since version: VersionVector, upTo later: VersionVector) throws(TextError) -> [UInt8] {
        let text = try opened(for: version)
        guard !text.graph.hasForgotten(later) else { throw .historyForgotten }
        return text.encode(from: version, to: text.graph.frontier(of: later))
    }

    private func encode(from version: VersionVector, to frontier: Frontier) -> [UInt8] {
        let spans = graph.difference(frontier, graph.frontier(of: version)).onlyA
        return TextUpdate.encode(spans, graph: graph, content: content)
    }

    /// Takes in the events of another document of the same text. Events do not say of which text they are:
    /// keep those of two apart, by the channel or a name beside them.
    ///
    /// - Parameter report: told what changes in the text as it is shown, in order; not of marks: ask
    ///   ``attributedRuns()`` again, afterwards: as of ``replace(with:report:)``, the text must not be
    ///   touched inside it. Without it merging is faster.
    /// - Throws: ``TextError/missingEvents`` when the events rest on others that are not known here,
    ///   ``TextError/historyForgotten`` when some have not seen what was forgotten here,
    ///   ``TextError/malformed``, or as ``string(at:)``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the events that are new, and those concurrent with them, however many
    ///   insert at one place at once; up to O(*n*²) where branches come by turns.
    public mutating func merge(_ encoded: [UInt8], report: ((TextDelta) -> Void)? = nil) throws(TextError) {
        let update = try TextUpdate(decoding: encoded)
        if sealed != nil { try open() }
        var admission: BatchAdmission
        do throws(GraphError) {
            admission = try BatchAdmission(of: update.batch, into: graph, followsBranches: true)
        } catch { throw TextError(error) }
        // Out of self, so that the content can be changed while the graph is read.
        var graph = CausalGraph()
        swap(&graph, &self.graph)
        defer { swap(&graph, &self.graph) }
        // All events first: then it is known after which of them nothing concurrent comes.
        var runs: [BatchAdmission.Admitted] = []
        do throws(GraphError) {
            while let run = try admission.next(&graph) { runs.append(run) }
        } catch { throw .malformed }
        var reader = OperationReader(update.operations)
        for run in runs {
            // What is replayed again is then no more than what is merged.
            let isSettled =
                run.isOnFrontier && content.walkedCount <= update.operations.count
                && graph.isCritical(run.versions.upperBound - 1)
            let distance = run.versions.lowerBound - run.events.lowerBound
            reader.seek(run.events.lowerBound)
            while let piece = reader.next(before: run.events.upperBound) {
                let first = piece.number + distance
                let versions = first..<first + piece.operation.count
                let text = update.text.bytes.span.extracting(update.text.byteRange(of: piece.units))
                if run.isOnFrontier {
                    content.applyOnFrontier(
                        piece.operation, inserting: text, versions: versions, isSettled: isSettled,
                        report: report)
                } else {
                    let parents = first == run.versions.lowerBound ? run.parents : nil
                    content.apply(
                        piece.operation, inserting: text, versions: versions, parents: parents, graph: graph,
                        report: report)
                }
            }
            for var mark in update.marks(in: run.events) {
                mark.version += distance
                content.addForeign(mark)
            }
        }
    }
}
