import DunlinCausality
import DunlinEncoding

/// Whether text that is typed at an end of a mark becomes a part of it: bold does behind it, a link on no
/// side.
public enum MarkExpansion: UInt8, Hashable, Sendable, CaseIterable {
    case none = 0
    case before = 1
    case after = 2
    case both = 3
}

/// Scalars with the same attributes.
public struct AttributedRun: Hashable, Sendable {
    /// The scalars.
    public var range: Range<Int>
    /// What marks say of them, by key.
    public var attributes: [UTF8String: CBORValue]
}

/// A value that marks show for a key, and where.
public struct TextAttribute: Hashable, Sendable {
    /// What the marks are of.
    public var key: UTF8String
    /// What they say.
    public var value: CBORValue
    /// The scalars that have it: ascending, and never side by side.
    public var ranges: [Range<Int>]

    /// A value and where it is; `ranges` ascend and are not side by side.
    public init(key: UTF8String, value: CBORValue, ranges: [Range<Int>]) {
        self.key = key
        self.value = value
        self.ranges = ranges
    }
}

/// That somebody gave the text between two anchors an attribute, or took one away.
public struct TextMark: Hashable, Sendable {
    /// The event in the graph of the text's owner; in an update its number.
    public var version: LocalVersion
    /// Where the marked text begins.
    public var start: TextAnchor
    /// Where the marked text ends.
    public var end: TextAnchor
    /// What the mark is of; at most ``longestKey`` bytes.
    public var key: UTF8String
    /// What it says; nil takes the attribute away. As ``readable(_:)`` gives it.
    public var value: CBORValue?
    /// Whether it reaches over anything (see ``TextContainer/judgeMarks(graph:)``).
    var standing = Standing.holds

    enum Standing: Sendable { case open, holds, void }

    /// A mark as it is kept.
    public init(
        version: LocalVersion, start: TextAnchor, end: TextAnchor, key: UTF8String, value: CBORValue?
    ) {
        self.version = version
        self.start = start
        self.end = end
        self.key = key
        self.value = value
    }

    /// Bytes that a key has at most.
    public static let longestKey = 65_536

    /// A value as all replicas will read it, the keys of maps in order.
    /// - Throws: ``CBORError`` for one that none could read.
    public static func readable(_ value: CBORValue?) throws(CBORError) -> CBORValue? {
        guard let value else { return nil }
        return try value.canonical(within: .userData)
    }
}
