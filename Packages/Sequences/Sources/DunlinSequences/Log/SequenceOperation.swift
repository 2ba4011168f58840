import DunlinCausality

/// What one replica did to a sequence, as positions at the moment it did it.
///
/// Each unit of `count` is an event of its own. Inserted units stand one behind the other from `position` on,
/// and so do units that are set. Forward deletions each take the unit at `position`; backward ones go down by
/// one each, as backspace does. A move is one unit.
public struct SequenceOperation: Hashable, Sendable {
    /// What an operation does; the raw value is its number in encodings.
    public enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case insert = 0
        case deleteForward = 1
        case deleteBackward = 2
        /// Gives units other values; they stay what they are, and where.
        case set = 3
        /// Takes a unit elsewhere; it stays the same unit.
        case move = 4

        /// Whether each unit has a value with it.
        public var bringsValues: Bool { self == .insert || self == .set }
    }

    /// What each of the units does.
    public let kind: Kind
    private let units: UInt32
    /// Position of the first unit, at least 0.
    public let position: Int
    /// Of a move: how many units stand before the moved one afterwards. Of others 0.
    public let destination: Int

    /// Units, at least 1 and below 2³²; of a backward deletion at most `position` + 1, so that none lies
    /// below 0.
    public var count: Int { Int(units) }

    /// An operation made here. One that was read is made by ``init(reading:at:count:)``.
    /// - Precondition: `position` and `count` are as said of them; `kind` is no move.
    public init(_ kind: Kind, at position: Int, count: Int) {
        precondition(Self.isWhole(kind, at: position, count: count), "no unit lies below 0")
        precondition(kind != .move, "a move goes somewhere")
        self.kind = kind
        self.position = position
        self.units = UInt32(count)
        destination = 0
    }

    /// Takes the unit at `position` to where `destination` others are before it.
    /// - Precondition: neither is below 0.
    public init(moving position: Int, to destination: Int) {
        precondition(position >= 0 && destination >= 0, "no unit lies below 0")
        kind = .move
        units = 1
        self.position = position
        self.destination = destination
    }

    /// An operation that somebody else wrote; nil when it is none, or beyond the limits: positions of all
    /// units to 2⁴⁰, 2³⁰ units. So each part of one that can be read can be read. For moves see
    /// ``init(readingMoveOf:to:)``.
    public init?(reading kind: Kind, at position: UInt64, count: UInt64) {
        guard position <= 1 << 40, count <= 1 << 30, kind != .move,
            !kind.bringsValues || position + count <= (1 << 40) + 1,
            Self.isWhole(kind, at: Int(position), count: Int(count))
        else { return nil }
        self.init(kind, at: Int(position), count: Int(count))
    }

    /// A move that somebody else wrote; nil when a position is beyond 2⁴⁰.
    public init?(readingMoveOf position: UInt64, to destination: UInt64) {
        guard position <= 1 << 40, destination <= 1 << 40 else { return nil }
        self.init(moving: Int(position), to: Int(destination))
    }

    private static func isWhole(_ kind: Kind, at position: Int, count: Int) -> Bool {
        position >= 0 && count >= 1 && (kind != .deleteBackward || count <= position + 1)
    }

    /// The position of unit `offset` at its own moment.
    public func position(ofUnit offset: Int) -> Int {
        switch kind {
        case .insert, .set: position + offset
        case .deleteForward, .move: position
        case .deleteBackward: position - offset
        }
    }

    /// Some of its units by themselves, at the moment of the first of them.
    func part(_ units: Range<Int>) -> SequenceOperation {
        units.count == count
            ? self : SequenceOperation(kind, at: position(ofUnit: units.lowerBound), count: units.count)
    }
}

/// What an operation does to the content as it stands here, after what was concurrent.
public enum SequenceEdit: Hashable, Sendable {
    /// Units `units` of the operation go in at `position`.
    case insert(at: Int, units: Range<Int>)
    case delete(Range<Int>)
    /// Units `units` of the operation take the place of as many from a position on.
    case set(at: Int, units: Range<Int>)
    /// What is at a position goes to where so many others are before it.
    case move(from: Int, to: Int)
}
