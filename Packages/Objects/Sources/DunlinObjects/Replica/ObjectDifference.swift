import DunlinEncoding
import DunlinTextCRDT

/// A place where two values of an object differ.
public struct ObjectDifference: Hashable, Sendable {
    /// Where: fields of maps are gone into, lists and texts are told as a whole; but where lists are equal,
    /// texts in them whose marks differ are told alone.
    public var path: ObjectPath
    /// What stood there; nil when nothing did.
    public var old: ObjectValue?
    /// What stands there; nil when nothing does.
    public var new: ObjectValue?
    /// Of a text: what marks showed.
    public var oldAttributes: [TextAttribute] = []
    /// Of a text: what marks show. Where only this differs, `old` and `new` are equal.
    public var newAttributes: [TextAttribute] = []

    /// A place where `old` became `new`.
    public init(path: ObjectPath, old: ObjectValue?, new: ObjectValue?) {
        self.path = path
        self.old = old
        self.new = new
    }

    /// What a view of the text there has to do, when both values are texts.
    /// - Complexity: as ``TextDifference/init(from:to:)``.
    public var textDeltas: [TextDelta]? {
        guard case .text(let before)? = old, case .text(let after)? = new else { return nil }
        return TextDelta.between(before, after)
    }

    /// What differs between two values, by the bytes of the keys.
    /// - Complexity: O(*n* log *n*) in what they hold.
    public static func between(_ old: ObjectValue, _ new: ObjectValue) -> [ObjectDifference] {
        between(old, new, at: ObjectPath(), attributes: [:], [:])
    }

    /// What differs between two values that stand at a path, also in what marks show there and below.
    static func between(
        _ old: ObjectValue?, _ new: ObjectValue?, at path: ObjectPath,
        attributes before: [ObjectPath: [TextAttribute]], _ after: [ObjectPath: [TextAttribute]]
    ) -> [ObjectDifference] {
        var differences: [ObjectDifference] = []
        collect(path, old, new, Marks(old: before, new: after), &differences)
        return differences
    }

    /// What marks show, by the paths of texts.
    private struct Marks {
        let old: [ObjectPath: [TextAttribute]]
        let new: [ObjectPath: [TextAttribute]]
        let changed: Set<ObjectPath>

        init(old: [ObjectPath: [TextAttribute]], new: [ObjectPath: [TextAttribute]]) {
            self.old = old
            self.new = new
            changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
        }

        /// Whether they differ somewhere at a path or below.
        func differ(at path: ObjectPath) -> Bool { changed.contains { $0.steps.starts(with: path.steps) } }
    }

    private static func collect(
        _ path: ObjectPath, _ old: ObjectValue?, _ new: ObjectValue?, _ marks: Marks,
        _ differences: inout [ObjectDifference]
    ) {
        if case .map(let before)? = old, case .map(let after)? = new {
            for key in Set(before.keys).union(after.keys).sorted() {
                collect(path.appending(key), before[key], after[key], marks, &differences)
            }
        } else if case .list(let elements)? = new, old == new {
            guard marks.differ(at: path) else { return }
            for (index, element) in elements.enumerated() {
                collect(ObjectPath(path.steps + [.index(index)]), element, element, marks, &differences)
            }
        } else if old != new || marks.differ(at: path) {
            var difference = ObjectDifference(path: path, old: old, new: new)
            difference.oldAttributes = marks.old[path] ?? []
            difference.newAttributes = marks.new[path] ?? []
            differences.append(difference)
        }
    }
}
