import DunlinCausality
import DunlinEncoding

/// The kinds of container an object is made of.
public enum ContainerKind: UInt8, Hashable, Sendable, CaseIterable {
    case map = 0
    case list = 1
    case text = 2
    case counter = 3
}

/// Names a container within its object.
public indirect enum ContainerID: Hashable, Sendable {
    case root
    /// Made by an event.
    case made(EventID, ContainerKind)
    /// The same container for everybody who ensures it.
    case ensured(parent: ContainerID, key: UTF8String, kind: ContainerKind)

    /// What kind of container it names.
    public var kind: ContainerKind {
        switch self {
        case .root: .map
        case .made(_, let kind): kind
        case .ensured(_, _, let kind): kind
        }
    }
}

/// What a key or a list element holds.
public enum Value: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    /// Compared by bits: a NaN equals itself, and 0 differs from -0.
    case double(Double)
    case string(UTF8String)
    case bytes([UInt8])
    case reference(ObjectID)
    case container(ContainerID)

    /// Equal in kind and content; doubles by their bits, so that nan equals itself.
    public static func == (a: Value, b: Value) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.double(let x), .double(let y)): x.canonicalBits == y.canonicalBits
        case (.string(let x), .string(let y)): x == y
        case (.bytes(let x), .bytes(let y)): x == y
        case (.reference(let x), .reference(let y)): x == y
        case (.container(let x), .container(let y)): x == y
        case (.null, _), (.bool, _), (.integer, _), (.double, _), (.string, _), (.bytes, _), (.reference, _),
            (.container, _):
            false
        }
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.canonicalBits)
        case .string(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .reference(let value): hasher.combine(value)
        case .container(let value): hasher.combine(value)
        }
    }
}

extension Double {
    /// The bits that are stored: one NaN for all.
    var canonicalBits: UInt64 { isNaN ? 0x7ff8_0000_0000_0000 : bitPattern }
}

/// A value with everything inside it: what an object looks like from outside.
public indirect enum ObjectValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case string(UTF8String)
    case bytes([UInt8])
    case reference(ObjectID)
    case text(String)
    case counter(Int64)
    case list([ObjectValue])
    case map([UTF8String: ObjectValue])

    /// The field of a map; nil for other values.
    public subscript(key: UTF8String) -> ObjectValue? {
        guard case .map(let fields) = self else { return nil }
        return fields[key]
    }

    /// Equal in kind and content, down to the bytes: letters that look alike but are composed otherwise
    /// differ, a double equals itself, not a number included.
    public static func == (a: ObjectValue, b: ObjectValue) -> Bool {
        switch (a, b) {
        case (.null, .null): true
        case (.bool(let x), .bool(let y)): x == y
        case (.integer(let x), .integer(let y)): x == y
        case (.double(let x), .double(let y)): x.canonicalBits == y.canonicalBits
        case (.string(let x), .string(let y)): x == y
        case (.bytes(let x), .bytes(let y)): x == y
        case (.reference(let x), .reference(let y)): x == y
        case (.text(let x), .text(let y)): UTF8String(x) == UTF8String(y)
        case (.counter(let x), .counter(let y)): x == y
        case (.list(let x), .list(let y)): x == y
        case (.map(let x), .map(let y)): x == y
        case (.null, _), (.bool, _), (.integer, _), (.double, _), (.string, _), (.bytes, _), (.reference, _),
            (.text, _), (.counter, _), (.list, _), (.map, _):
            false
        }
    }

    /// Hashes what is compared.
    public func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .integer(let value): hasher.combine(value)
        case .double(let value): hasher.combine(value.canonicalBits)
        case .string(let value): hasher.combine(value)
        case .bytes(let value): hasher.combine(value)
        case .reference(let value): hasher.combine(value)
        case .text(let value): hasher.combine(UTF8String(value))
        case .counter(let value): hasher.combine(value)
        case .list(let values): hasher.combine(values)
        case .map(let fields): hasher.combine(fields)
        }
    }
}
