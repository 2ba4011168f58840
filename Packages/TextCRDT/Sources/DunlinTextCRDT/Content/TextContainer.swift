import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// A text without a causal graph of its own: what an object holds for each of its texts.
public struct TextContainer: Sendable {
    private var state = SequenceState()
    private var rope = TextRope()
    private var insertedText = InsertedText()

    /// An empty text.
    public init() {}

    /// Unicode scalars in the text.
    public var count: Int { rope.scalarCount }
    /// UTF-16 units in the text.
    public var utf16Count: Int { rope.utf16Count }
    /// The whole text.
    /// - Complexity: O(*n*).
    public var string: String { rope.string }
    /// The operations that made the text, for exchange and saving.
    public var log: SequenceLog { state.log }
    /// Whether the text has no scalar.
    public var isEmpty: Bool { count == 0 }

    /// The text in a range of scalars, clamped to the text.
    public func string(in range: Range<Int>) -> String {
        String(decoding: rope.bytes(in: range.clamped(to: 0..<count)), as: UTF8.self)
    }

    /// Scalars before a UTF-16 offset; nil inside a surrogate pair or beyond the end.
    public func scalarOffset(ofUTF16 offset: Int) -> Int? { rope.scalarOffset(ofUTF16: offset) }
    /// UTF-16 units before a scalar offset; nil beyond the end.
    public func utf16Offset(ofScalar offset: Int) -> Int? { rope.utf16Offset(ofScalar: offset) }

    /// Applies an operation.
    ///
    /// - Parameters:
    ///   - versions: its events in `graph`, which holds them already; as many as the operation has units.
    ///   - frontier: the graph's frontier before them.
    /// - Returns: what changed in the text as it is shown.
    public mutating func apply(
        _ operation: TextOperation, versions: Range<LocalVersion>, parents: Frontier, frontier: Frontier,
        graph: CausalGraph
    ) -> [TextDelta] {
        let edits = state.apply(
            operation.operation, versions: versions, parents: parents, frontier: frontier, graph: graph)
        if operation.operation.kind == .insert {
            insertedText.append(operation.inserted, version: versions.lowerBound)
        }
        return edits.map { edit in
            switch edit {
            case .insert(let position, let units):
                let bytes =
                    units.count == versions.count
                    ? operation.inserted : Self.scalars(units, of: operation.inserted)
                rope.insert(bytes, at: position)
                return .insert(String(decoding: bytes, as: UTF8.self), at: position)
            case .delete(let range):
                rope.delete(range)
                return .delete(range)
            }
        }
    }

    /// The operations made in `span`, each with its events.
    public func operations(in span: Range<LocalVersion>) -> [(
        versions: Range<LocalVersion>, operation: TextOperation
    )] {
        state.log.parts(in: span).map { part in
            let text = part.kind == .insert ? Array(insertedText.text(of: part.versions)) : []
            return (part.versions, TextOperation(operation: part.operation, inserted: text))
        }
    }

    /// The text at an older version.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func string(at frontier: Frontier, graph: CausalGraph) -> String {
        var old = TextRope()
        for (version, edit) in state.replay(graph: graph, upTo: frontier) {
            switch edit {
            case .insert(let position, let units):
                old.insert(Array(insertedText.text(of: version..<version + units.count)), at: position)
            case .delete(let range): old.delete(range)
            }
        }
        return old.string
    }

    private static func scalars(_ units: Range<Int>, of bytes: [UInt8]) -> [UInt8] {
        var index = -1
        return bytes.filter { byte in
            if byte & 0xc0 != 0x80 { index += 1 }
            return units.contains(index)
        }
    }

    // MARK: Saving

    /// The log, the inserted text and the text as it stands; local versions are those of the owner's graph.
    public func encode(into writer: inout ByteWriter) {
        writer.varint(UInt64(state.log.runs.count))
        var reached = 0
        for (index, run) in state.log.runs.enumerated() {
            let flags = run.kind.rawValue | (run.isVoid ? 4 : 0) | (state.log.isLinear(index) ? 8 : 0)
            writer.u8(flags)
            writer.varint(UInt64(run.versions.lowerBound - reached))
            writer.varint(UInt64(run.versions.count))
            writer.varint(UInt64(run.position))
            writer.varint(UInt64(state.log.lengthBefore(index)))
            reached = run.versions.upperBound
        }
        writer.sized(insertedText.bytes)
        writer.sized(Array(rope.string.utf8))
    }

    /// Reads what ``encode(into:)`` writes.
    /// - Throws: ``ByteError`` for bytes that are none.
    public init(decoding reader: inout ByteReader) throws(ByteError) {
        var log = SequenceLog()
        var inserts: [Range<LocalVersion>] = []
        var reached = 0
        for _ in 0..<(try reader.count(bytesEach: 5)) {
            let start = reader.offset
            let flags = try reader.u8()
            guard flags < 16, let kind = SequenceOperation.Kind(rawValue: flags & 3) else {
                throw .notCanonical(at: start)
            }
            let first = try Self.number(&reader) + reached
            let count = try Self.number(&reader)
            let position = try Self.number(&reader)
            let lengthBefore = try Self.number(&reader)
            guard let operation = SequenceOperation(reading: kind, at: UInt64(position), count: UInt64(count))
            else {
                throw .notCanonical(at: start)
            }
            reached = first + count
            log.restore(
                versions: first..<reached, operation: operation,
                isVoid: flags & 4 != 0, isLinear: flags & 8 != 0, lengthBefore: lengthBefore)
            if kind == .insert { inserts.append(first..<reached) }
        }
        let inserted = try reader.sized()
        let textStart = reader.offset
        guard let text = String(validating: try reader.sized(), as: UTF8.self),
            let history = String(validating: inserted, as: UTF8.self),
            history.unicodeScalars.count == inserts.reduce(0, { $0 + $1.count })
        else { throw .notCanonical(at: textStart) }
        var scalars = history.unicodeScalars[...]
        for versions in inserts {
            let part = scalars.prefix(versions.count)
            insertedText.append(
                Array(String(String.UnicodeScalarView(part)).utf8), version: versions.lowerBound)
            scalars = scalars.dropFirst(versions.count)
        }
        rope = TextRope(text)
        state = SequenceState(log: log, length: rope.scalarCount)
    }

    private static func number(_ reader: inout ByteReader) throws(ByteError) -> Int {
        let start = reader.offset
        let value = try reader.varint()
        guard value <= 1 << 48 else { throw .notCanonical(at: start) }
        return Int(value)
    }
}
