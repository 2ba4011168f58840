import DunlinSequences

/// What an operation on a text carries: where, and the text that goes in.
public struct TextOperation: Hashable, Sendable {
    /// Where it happens, and to how many scalars.
    public var operation: SequenceOperation
    /// UTF-8 of the scalars inserted, one for each unit; empty for deletions.
    public var inserted: [UInt8]

    /// An insertion before the scalar at `position`.
    public static func insert(_ text: String, at position: Int) -> TextOperation {
        TextOperation(
            operation: SequenceOperation(.insert, at: position, count: text.unicodeScalars.count),
            inserted: Array(text.utf8))
    }

    /// A deletion of the scalars in `range`.
    public static func delete(_ range: Range<Int>) -> TextOperation {
        TextOperation(
            operation: SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count),
            inserted: [])
    }

    /// An operation with the UTF-8 of what it inserts; empty for a deletion.
    public init(operation: SequenceOperation, inserted: [UInt8]) {
        self.operation = operation
        self.inserted = inserted
    }
}

/// What happened to a text as it is shown here, in Unicode scalars.
public enum TextDelta: Hashable, Sendable {
    case insert(String, at: Int)
    case delete(Range<Int>)
}

/// Why a text cannot be edited or merged so. The text is unchanged.
public enum TextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A position or range beyond the text, which has `count` scalars.
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    case malformed

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .outOfRange(let range, let count):
            "Positions \(range.lowerBound) to \(range.upperBound) lie outside the text of \(count) scalars."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded text."
        }
    }
}
