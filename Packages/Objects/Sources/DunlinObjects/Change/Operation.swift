import DunlinEncoding
import DunlinSequences

/// One operation of a change.
public enum Operation: Hashable, Sendable {
    case set(key: UTF8String, NewValue)
    case delete(key: UTF8String)
    case ensure(key: UTF8String, ContainerKind)
    case text(SequenceOperation, inserted: [UInt8])
    case list(SequenceOperation, inserted: [NewValue])
    case add(Int64)

    /// A value as it is written: a container is named by the event that writes it.
    public enum NewValue: Hashable, Sendable {
        case scalar(Value)
        case make(ContainerKind)
    }

    /// Events that the operation is.
    public var unitCount: Int {
        switch self {
        case .set, .delete, .ensure, .add: 1
        case .text(let operation, _): operation.count
        case .list(let operation, _): operation.count
        }
    }

    /// The kind of container it applies to.
    var target: ContainerKind {
        switch self {
        case .set, .delete, .ensure: .map
        case .text: .text
        case .list: .list
        case .add: .counter
        }
    }
}
