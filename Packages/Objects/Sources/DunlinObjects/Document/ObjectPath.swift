import DunlinEncoding

/// Where in an object something stands: keys of maps and places in lists.
public struct ObjectPath: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// One way down.
    public enum Step: Hashable, Sendable {
        case key(UTF8String)
        case index(Int)
    }

    /// The ways down, from the root; none means the root itself.
    public var steps: [Step]

    /// A path of these steps.
    public init(_ steps: [Step] = []) { self.steps = steps }

    /// Reads `a/b/0`: parts between slashes are keys; those of digits alone are places in lists. `~1` stands
    /// for a slash and `~0` for a tilde in a key; `~2` before a key says that it is one, though it is empty
    /// or of digits.
    public init(_ text: String) {
        steps = text.split(separator: "/").map { part in
            if let index = Int(part), part.allSatisfy(\.isNumber) { return .index(index) }
            let part = part.hasPrefix("~2") ? part.dropFirst(2) : part
            let key = part.split(separator: "~1", omittingEmptySubsequences: false).joined(separator: "/")
            return .key(
                UTF8String(
                    key.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")))
        }
    }

    /// Reads a literal, as ``init(_:)`` does.
    public init(stringLiteral value: String) { self.init(value) }

    /// The path without its last step; the root's is itself.
    public var parent: ObjectPath { ObjectPath(Array(steps.dropLast())) }

    /// The path one key further down.
    public func appending(_ key: UTF8String) -> ObjectPath { ObjectPath(steps + [.key(key)]) }

    /// The steps, separated by slashes, as ``init(_:)`` reads them.
    public var description: String {
        steps.map { step in
            switch step {
            case .key(let key):
                let mark = key.string.allSatisfy(\.isNumber) ? "~2" : ""
                return mark
                    + key.string.split(separator: "~", omittingEmptySubsequences: false).joined(
                        separator: "~0"
                    )
                    .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
            case .index(let index): return String(index)
            }
        }.joined(separator: "/")
    }
}
