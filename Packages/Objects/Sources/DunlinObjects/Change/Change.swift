import DunlinCausality
import DunlinEncoding

/// What one transaction does to one object.
/// - Source: `Docs/Spec/Changes.md`.
public struct Change: Hashable, Sendable {
    /// A container as a change names it.
    public enum Target: Hashable, Sendable {
        case root
        case ensured(parent: Int, key: UTF8String, kind: ContainerKind)
        /// Made by an event of the change's own writer.
        case madeByWriter(sequence: UInt64, kind: ContainerKind)
        case made(EventID, kind: ContainerKind)

        var kind: ContainerKind {
            switch self {
            case .root: .map
            case .ensured(_, _, let kind): kind
            case .madeByWriter(_, let kind): kind
            case .made(_, let kind): kind
            }
        }
    }

    static let operationLimit = 65_536
    /// Bytes of a key: of a map, or of a mark.
    static let longestKey = 65_536

    /// The containers that the operations change, each named once.
    public var targets: [Target] = []
    /// Each with the index of its container in `targets`.
    public var operations: [(target: Int, operation: Operation)] = []

    /// A change without operations.
    public init() {}

    /// Events in the change.
    public var unitCount: Int { operations.reduce(0) { $0 + $1.operation.unitCount } }

    /// Equal when the encodings are.
    public static func == (a: Change, b: Change) -> Bool { a.encoded() == b.encoded() }
    /// Hashes the encoding.
    public func hash(into hasher: inout Hasher) { hasher.combine(encoded()) }
}
