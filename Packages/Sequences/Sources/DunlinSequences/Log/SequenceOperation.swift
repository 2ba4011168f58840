import DunlinCausality

/// What one replica did to a sequence, as positions at the moment it did it.
///
/// Each unit of `count` is an event of its own. Inserted units stand one behind the other from `position` on.
/// Forward deletions each take the unit at `position`; backward ones go down by one each, as backspace does.
public struct SequenceOperation: Hashable, Sendable {
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case insert = 0
        case deleteForward = 1
        case deleteBackward = 2
    }

    public var kind: Kind
    /// Position of the first unit, at least 0.
    public var position: Int
    /// Units, at least 1.
    public var count: Int

    public init(_ kind: Kind, at position: Int, count: Int) {
        self.kind = kind
        self.position = position
        self.count = count
    }

    /// The position of unit `offset` at its own moment.
    public func position(ofUnit offset: Int) -> Int {
        switch kind {
        case .insert: position + offset
        case .deleteForward: position
        case .deleteBackward: position - offset
        }
    }
}

/// What an operation does to the content as it stands here, after what was concurrent.
public enum SequenceEdit: Hashable, Sendable {
    /// Units `units` of the operation go in at `position`.
    case insert(at: Int, units: Range<Int>)
    case delete(Range<Int>)
}
