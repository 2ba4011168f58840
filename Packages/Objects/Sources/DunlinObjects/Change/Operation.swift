import DunlinEncoding
import DunlinSequences

/// One operation of a change.
public enum Operation: Hashable, Sendable {
    case set(key: UTF8String, NewValue)
    case delete(key: UTF8String)
    case ensure(key: UTF8String, ContainerKind)
    case text(SequenceOperation, inserted: [UInt8])
    /// `inserted` are the values that come in, also those that elements are set to.
    case list(SequenceOperation, inserted: [NewValue])
    case add(Int64)
    case mark(Mark)

    /// A value as it is written: a container is named by the event that writes it.
    public enum NewValue: Hashable, Sendable {
        case scalar(Value)
        case make(ContainerKind)
    }

    /// Puts text before the scalar at `position` of a text.
    static func insert(_ text: String, at position: Int) -> Operation {
        .text(
            SequenceOperation(.insert, at: position, count: text.unicodeScalars.count),
            inserted: Array(text.utf8))
    }

    /// Takes the scalars in `range` out of a text.
    static func deleteText(_ range: Range<Int>) -> Operation {
        .text(SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count), inserted: [])
    }

    /// Events that the operation is.
    public var unitCount: Int {
        switch self {
        case .set, .delete, .ensure, .add, .mark: 1
        case .text(let operation, _): operation.count
        case .list(let operation, _): operation.count
        }
    }

    /// Containers that it makes, by the number of the event within it.
    var madeKinds: [(offset: Int, kind: ContainerKind)] {
        switch self {
        case .set(_, .make(let kind)): [(0, kind)]
        case .list(_, let inserted):
            inserted.enumerated().compactMap { offset, value in
                if case .make(let kind) = value { (offset, kind) } else { nil }
            }
        case .set, .delete, .ensure, .text, .add, .mark: []
        }
    }

    /// Whether it makes containers, ensured ones among them.
    var makesContainers: Bool {
        if case .ensure = self { return true }
        return !madeKinds.isEmpty
    }

    /// The kind of container it applies to.
    var target: ContainerKind {
        switch self {
        case .set, .delete, .ensure: .map
        case .text, .mark: .text
        case .list: .list
        case .add: .counter
        }
    }
}
