import DunlinEncoding

/// Why bytes are not a transaction. The block counts as an empty transaction, for everybody alike.
public enum BlockError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are not CBOR of the right shape.
    case malformed(CBORError)
    /// Dependencies or control heads are not sorted, or an empty list was written instead of none.
    case unsorted

    /// One sentence: why the block counts for nothing.
    public var description: String {
        switch self {
        case .malformed(let cause): "The block is not a transaction: \(cause)."
        case .unsorted: "The block's dependencies or control heads are not in canonical order."
        }
    }
}
