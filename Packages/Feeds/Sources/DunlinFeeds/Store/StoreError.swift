import DunlinKeys

/// Why a store could not do its work.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The disk is full. Free some space, then try again.
    case full
    /// The folder or file cannot be written.
    case readOnly
    /// Stored bytes do not decode.
    case damaged(String)
    /// Written by a newer version. Update Dunlin.
    case newerFormat(Int)
    /// Blocks that should be here are not.
    case missing(feed: PublicSigningKey, block: UInt64)
    case failed(String)

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .full: "The disk is full; free some space and try again."
        case .readOnly: "The store cannot be written; check the permissions of its folder."
        case .damaged(let what): "The store is damaged: \(what)."
        case .newerFormat(let version): "The store has format \(version), of a newer version; update Dunlin."
        case .missing(_, let block): "Block \(block) of a feed is not in the store."
        case .failed(let reason): "The store failed: \(reason)."
        }
    }
}
