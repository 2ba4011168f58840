import DunlinCausality

/// What one replica did to a sequence, as positions at the moment it did it.
///
/// Each unit of `count` is an event of its own. Inserted units stand one behind the other from `position` on.
/// Forward deletions each take the unit at `position`; backward ones go down by one each, as backspace does.
public struct SequenceOperation: Hashable, Sendable {
    /// What an operation does; the raw value is its number in encodings.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case insert = 0
        case deleteForward = 1
        case deleteBackward = 2
    }

    /// What each of the units does.
    public let kind: Kind
    /// Position of the first unit, at least 0.
    public let position: Int
    /// Units, at least 1; of a backward deletion at most `position` + 1, so that none lies below 0.
    public let count: Int

    /// An operation made here. One that was read is made by ``init(reading:at:count:)``.
    /// - Precondition: `position` and `count` are as said of them.
    public init(_ kind: Kind, at position: Int, count: Int) {
        precondition(Self.isWhole(kind, at: position, count: count), "no unit lies below 0")
        self.kind = kind
        self.position = position
        self.count = count
    }

    /// An operation that somebody else wrote; nil when it is none, or beyond the limits: positions of all
    /// units to 2⁴⁰, 2³⁰ units. So each part of one that can be read can be read.
    public init?(reading kind: Kind, at position: UInt64, count: UInt64) {
        guard position <= 1 << 40, count <= 1 << 30,
            kind != .insert || position + count <= (1 << 40) + 1,
            Self.isWhole(kind, at: Int(position), count: Int(count))
        else { return nil }
        self.init(kind, at: Int(position), count: Int(count))
    }

    private static func isWhole(_ kind: Kind, at position: Int, count: Int) -> Bool {
        position >= 0 && count >= 1 && (kind != .deleteBackward || count <= position + 1)
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
