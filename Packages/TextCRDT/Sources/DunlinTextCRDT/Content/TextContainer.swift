import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// A text without a causal graph of its own: what an object holds for each of its texts.
public struct TextContainer: Sendable {
    private var state = SequenceState()
    private var rope = TextRope()
    private var insertedText = InsertedText()
    /// Kept for its memory.
    private var edits: [SequenceEdit] = []
    /// Made when it is first asked.
    private(set) var index: SequenceIndex?
    /// In the order of their events.
    var marks: [TextMark] = []
    /// The places of those whose standing is open.
    var openMarks: [Int] = []
    /// Empty until it is first asked.
    var markIndex = MarkIndex()

    /// An empty text.
    public init() {}

    /// A text to read, whose history is not there.
    init(showing text: Span<UInt8>) { rope = TextRope(text) }

    /// Unicode scalars in the text.
    public var count: Int { rope.scalarCount }
    /// UTF-16 units in the text.
    public var utf16Count: Int { rope.utf16Count }
    /// Lines in the text: one more than it has line feeds.
    public var lineCount: Int { rope.lineFeedCount + 1 }
    /// The whole text.
    /// - Complexity: O(*n*).
    public var string: String { rope.string }
    /// The operations that made the text, for exchange and saving.
    public var log: SequenceLog { state.log }
    /// Whether the text has no scalar.
    public var isEmpty: Bool { count == 0 }

    /// The text in a range of scalars, clamped to the text.
    /// - Complexity: O(log *n*) and the length of the range.
    public func string(in range: Range<Int>) -> String {
        String(decoding: rope.bytes(in: range.clamped(to: 0..<count)), as: UTF8.self)
    }

    /// Scalars before a UTF-16 offset; nil inside a surrogate pair or beyond the end.
    /// - Complexity: O(log *n*), as of all conversions.
    public func scalarOffset(ofUTF16 offset: Int) -> Int? { rope.scalarOffset(ofUTF16: offset) }
    /// UTF-16 units before a scalar offset; nil beyond the end.
    public func utf16Offset(ofScalar offset: Int) -> Int? { rope.utf16Offset(ofScalar: offset) }
    /// Scalars before the first one of a line, from 0; nil when there is no such line.
    public func scalarOffset(ofLine line: Int) -> Int? { rope.scalarOffset(ofLine: line) }
    /// The line of a scalar, from 0: the line feeds before it; nil beyond the end.
    public func line(ofScalar offset: Int) -> Int? { rope.line(ofScalar: offset) }

    // MARK: Changing

    /// Inserts text that was typed here, as events that follow everything in the graph.
    /// - Parameters:
    ///   - text: well-formed UTF-8 of as many scalars as `versions` has events.
    ///   - position: at most ``count``.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func insert(_ text: Span<UInt8>, at position: Int, versions: Range<LocalVersion>) {
        if state.record(.insert, at: position, versions: versions) {
            insertedText.append(text, units: versions.count)
            return rope.insert(text, at: position)
        }
        applyOnFrontier(
            SequenceOperation(.insert, at: position, count: versions.count), inserting: text,
            versions: versions,
            report: nil)
    }

    /// Deletes scalars, as events that follow everything in the graph.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func delete(_ range: Range<Int>, versions: Range<LocalVersion>) {
        if state.record(.deleteForward, at: range.lowerBound, versions: versions) {
            return rope.delete(range)
        }
        applyOnFrontier(
            SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count),
            inserting: [UInt8]().span,
            versions: versions, report: nil)
    }

    /// Applies an operation.
    ///
    /// - Parameters:
    ///   - text: UTF-8 of what it inserts, one scalar for each unit.
    ///   - versions: its events in `graph`, which holds them already; as many as the operation has units.
    ///   - frontier: the graph's frontier before them.
    ///   - report: told what changes in the text as it is shown, in order.
    public mutating func apply(
        _ operation: SequenceOperation, inserting text: [UInt8], versions: Range<LocalVersion>,
        parents: Frontier,
        frontier: Frontier, graph: CausalGraph, report: ((TextDelta) -> Void)? = nil
    ) {
        if parents == frontier {
            applyOnFrontier(operation, inserting: text.span, versions: versions, report: report)
        } else {
            apply(
                operation, inserting: text.span, versions: versions, parents: parents, graph: graph,
                report: report)
        }
    }

    /// Operations that would be replayed if what comes next were concurrent with them, and are not to be now.
    var walkedCount: Int { state.walkedCount }

    /// Applies an operation that follows everything.
    /// - Parameters:
    ///   - isSettled: nothing that is known to come is concurrent with what was applied so far.
    ///   - report: told what changed in the text as it is shown.
    mutating func applyOnFrontier(
        _ operation: SequenceOperation, inserting text: Span<UInt8>, versions: Range<LocalVersion>,
        isSettled: Bool = false, report: ((TextDelta) -> Void)?
    ) {
        state.applyOnFrontier(operation, versions: versions, isSettled: isSettled, edits: &edits)
        perform(operation, inserting: text, report: report)
    }

    /// Applies an operation that something is concurrent with.
    /// - Parameters:
    ///   - parents: parents of the first event; nil for the event right before, by local version.
    ///   - report: told what changed in the text as it is shown.
    mutating func apply(
        _ operation: SequenceOperation, inserting text: Span<UInt8>, versions: Range<LocalVersion>,
        parents: Frontier?, graph: CausalGraph, report: ((TextDelta) -> Void)?
    ) {
        state.apply(operation, versions: versions, parents: parents, graph: graph, edits: &edits)
        perform(operation, inserting: text, report: report)
    }

    private mutating func perform(
        _ operation: SequenceOperation, inserting text: Span<UInt8>, report: ((TextDelta) -> Void)?
    ) {
        if operation.kind == .insert { insertedText.append(text, units: operation.count) }
        for index in edits.indices {
            if let report { self.report(edits[index], text, to: report) }
            switch edits[index] {
            case .insert(let position, _): rope.insert(text, at: position)
            case .delete(let range): rope.delete(range)
            // Scalars are inserted and deleted, nothing else.
            case .set, .move: break
            }
        }
        // Most operations are one edit; emptying the array costs more than taking that out.
        if edits.count == 1 { edits.removeLast() } else { edits.removeAll(keepingCapacity: true) }
    }

    private func report(_ edit: SequenceEdit, _ text: Span<UInt8>, to report: (TextDelta) -> Void) {
        switch edit {
        case .insert(let position, _):
            var bytes: [UInt8] = []
            text.withAppended(to: &bytes)
            let inserted = String(decoding: bytes, as: UTF8.self)
            report(
                TextDelta(replacing: position..<position, with: inserted, from: rope.utf16Offset(ofScalar:)))
        case .delete(let range):
            report(TextDelta(replacing: range, with: "", from: rope.utf16Offset(ofScalar:)))
        case .set, .move: break
        }
    }

    // MARK: History

    /// UTF-8 of what a run of the log inserts.
    func text(ofUnits units: Range<Int>) -> ArraySlice<UInt8> {
        insertedText.bytes[insertedText.byteRange(of: units)]
    }

    /// The text at an older version.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func string(at frontier: Frontier, graph: CausalGraph) -> String {
        var old = TextRope()
        for (version, edit) in state.replay(graph: graph, upTo: frontier) {
            switch edit {
            case .insert(let position, let units):
                let first = version + units.lowerBound
                let bytes = Array(text(insertedBy: first..<first + units.count))
                old.insert(bytes.span, at: position)
            case .delete(let range): old.delete(range)
            case .set, .move: break
            }
        }
        return old.string
    }

    // MARK: Units and their events

    /// The index, with all that was done so far.
    mutating func updateIndex(graph: CausalGraph) {
        if index == nil { index = SequenceIndex() }
        index?.update(with: state.log, graph: graph)
    }

    /// The event that inserted the scalar at a position, by the index as it was updated last.
    func insertion(at position: Int) -> (version: LocalVersion, count: Int)? {
        index?.insertion(at: position)
    }

    /// Where the scalar is that an event inserted, by the index as it was updated last.
    func place(of version: LocalVersion) -> SequenceIndex.Place? { index?.place(of: version) }

    /// Whether one event's scalar stands or stood before another's, by the index as it was updated last.
    func precedes(_ a: LocalVersion, _ b: LocalVersion) -> Bool { index?.precedes(a, b) ?? false }

    /// The events that inserted what deletions took, by the index as it was updated last.
    func deleted(by versions: Range<LocalVersion>) -> [Range<LocalVersion>] {
        index?.deleted(by: versions) ?? []
    }

    /// UTF-8 of what events of one run of the log inserted.
    func text(insertedBy versions: Range<LocalVersion>) -> ArraySlice<UInt8> {
        let run = log.runs[log.firstRun(endingAfter: versions.lowerBound)]
        let first = run.insertedBefore + versions.lowerBound - run.start
        return text(ofUnits: first..<first + versions.count)
    }

    /// Takes another history of the same text.
    mutating func restart(_ log: SequenceLog, inserted: InsertedText, marks: [TextMark]) {
        state = SequenceState(log: log, length: rope.scalarCount)
        insertedText = inserted
        self.marks = marks
        openMarks = marks.indices.filter { marks[$0].standing == .open }
        index = nil
        markIndex = MarkIndex()
        edits = []
    }

    // MARK: Saving

    /// The log and the inserted text; local versions are those of the owner's graph.
    /// - Source: `Docs/Spec/Sequences.md`, "A saved text".
    public func writeHistory(_ writer: inout ByteWriter) {
        state.log.write(&writer)
        writer.sized(insertedText.bytes)
    }

    /// Reads what ``writeHistory(_:)`` writes, behind the text as it is shown.
    /// - Parameter eventCount: events in the owner's graph.
    /// - Throws: ``ByteError`` for bytes that are none.
    public mutating func readHistory(_ reader: inout ByteReader, eventCount: Int) throws(ByteError) {
        let log = try SequenceLog(reading: &reader, eventCount: eventCount, kinds: .text)
        let at = reader.offset
        let bytes = try reader.sized()
        guard bytes.span.isWellFormedUTF8 else { throw .notCanonical(at: at) }
        let inserted = InsertedText(bytes)
        guard inserted.unitCount == log.insertedCount else { throw .notCanonical(at: at) }
        insertedText = inserted
        state = SequenceState(log: log, length: rope.scalarCount)
    }

    /// The text as it stands, without its history.
    public func writeContent(_ writer: inout ByteWriter) { writer.sized(Array(rope.string.utf8)) }

    /// Reads what ``writeContent(_:)`` writes: a text to read, until ``readHistory(_:eventCount:)`` follows.
    /// - Throws: ``ByteError`` for bytes that are none.
    /// - Complexity: O(*n*) in the text.
    public init(readingContent reader: inout ByteReader) throws(ByteError) {
        let at = reader.offset
        let shown = try reader.sized()
        guard shown.span.isWellFormedUTF8 else { throw .notCanonical(at: at) }
        self.init(showing: shown.span)
    }
}
