import DunlinEncoding
import DunlinTextCRDT

/// A place where two values of an object differ.
public struct ObjectDifference: Hashable, Sendable {
    /// Where: fields of maps are gone into, lists and texts are told as a whole.
    public var path: ObjectPath
    /// What stood there; nil when nothing did.
    public var old: ObjectValue?
    /// What stands there; nil when nothing does.
    public var new: ObjectValue?

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

    /// What differs between two values, nil for one that is not there, by the bytes of the keys.
    /// - Parameter path: where both stand.
    /// - Complexity: O(*n* log *n*) in what they hold.
    public static func between(
        _ old: ObjectValue?, _ new: ObjectValue?, at path: ObjectPath
    ) -> [ObjectDifference] {
        var differences: [ObjectDifference] = []
        collect(path, old, new, &differences)
        return differences
    }

    /// What differs between two values, by the bytes of the keys.
    /// - Complexity: O(*n* log *n*) in what they hold.
    public static func between(_ old: ObjectValue, _ new: ObjectValue) -> [ObjectDifference] {
        between(old, new, at: ObjectPath())
    }

    private static func collect(
        _ path: ObjectPath, _ old: ObjectValue?, _ new: ObjectValue?, _ differences: inout [ObjectDifference]
    ) {
        if case .map(let before)? = old, case .map(let after)? = new {
            for key in Set(before.keys).union(after.keys).sorted() {
                collect(path.appending(key), before[key], after[key], &differences)
            }
        } else if old != new {
            differences.append(ObjectDifference(path: path, old: old, new: new))
        }
    }
}
