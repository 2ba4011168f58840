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
        // By bytes: a key may begin with a scalar that Swift joins with the slash before it.
        steps = text.utf8.split(separator: Self.slash).map { part in
            if part.allSatisfy(Self.isDigit), let index = Int(Substring(part)) { return .index(index) }
            return .key(Self.key(part))
        }
    }

    private static let slash = UInt8(ascii: "/"), tilde = UInt8(ascii: "~")
    private static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    private static func isDigit(_ byte: UInt8) -> Bool { digits.contains(byte) }

    private static func key(_ part: Substring.UTF8View) -> UTF8String {
        var rest = part.starts(with: "~2".utf8) ? part.dropFirst(2) : part
        var key: [UInt8] = []
        while let byte = rest.popFirst() {
            switch (byte, rest.first) {
            case (tilde, UInt8(ascii: "0")?):
                key.append(tilde)
                rest.removeFirst()
            case (tilde, UInt8(ascii: "1")?):
                key.append(slash)
                rest.removeFirst()
            default: key.append(byte)
            }
        }
        return UTF8String(String(decoding: key, as: UTF8.self))
    }

    /// Reads a literal, as ``init(_:)`` does.
    public init(stringLiteral value: String) { self.init(value) }

    /// The path without its last step; the root's is itself.
    public var parent: ObjectPath { ObjectPath(Array(steps.dropLast())) }

    /// The path one key further down.
    public func appending(_ key: UTF8String) -> ObjectPath { ObjectPath(steps + [.key(key)]) }

    /// The steps, separated by slashes, as ``init(_:)`` reads them.
    public var description: String {
        var text: [UInt8] = []
        for (place, step) in steps.enumerated() {
            if place > 0 { text.append(Self.slash) }
            switch step {
            case .key(let key): Self.write(key.string.utf8, &text)
            case .index(let index): text += String(index).utf8
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func write(_ key: String.UTF8View, _ text: inout [UInt8]) {
        if key.allSatisfy(isDigit) { text += "~2".utf8 }
        for byte in key {
            switch byte {
            case tilde: text += "~0".utf8
            case slash: text += "~1".utf8
            default: text.append(byte)
            }
        }
    }
}
