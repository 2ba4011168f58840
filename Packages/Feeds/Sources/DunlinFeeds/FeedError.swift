import DunlinKeys

/// Why a feed refused blocks. The feed is unchanged.
public enum FeedError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The slice begins beyond the end. Fetch `expected` first.
    case gap(expected: UInt64, found: UInt64)
    /// Nothing in the slice is new.
    case nothingNew
    /// A block larger than the limit.
    case blockTooLarge(byteCount: Int, limit: Int)
    /// The head's signature is not the feed's.
    case badSignature
    /// Blocks and proof do not lead to the head's tree.
    case badProof
    /// Two heads of one length with different trees: the writer's feed has forked.
    case forked(ForkEvidence)
    /// The feed was signed up to `head` before, and only `length` blocks are here: what follows them exists
    /// elsewhere. Fetch it first; appending would fork the feed.
    case behindHead(length: UInt64, head: UInt64)
    case key(KeyError)
    /// The key given is not the feed's.
    case wrongKey

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .gap(let expected, let found): "Blocks from \(found) came where \(expected) was due."
        case .nothingNew: "These blocks are here already."
        case .blockTooLarge(let count, let limit): "A block has \(count) bytes; the limit is \(limit)."
        case .badSignature: "The head's signature is not the feed's."
        case .badProof: "The blocks do not belong to the tree that was signed."
        case .forked: "The feed has forked: two heads of one length were signed."
        case .behindHead(let length, let head):
            "The feed has \(length) blocks here and was signed up to \(head); fetch the rest first."
        case .key(let cause): "\(cause)"
        case .wrongKey: "The key given is not the feed's."
        }
    }
}

/// Two heads that one writer cannot both have signed honestly. Anybody can check it.
public struct ForkEvidence: Hashable, Sendable {
    /// The feed that has two ends.
    public var descriptor: FeedDescriptor
    /// One of the heads.
    public var first: SignedHead
    /// The other, of the same length and another tree.
    public var second: SignedHead

    /// Two heads that show a fork; ``isValid`` says whether they do.
    public init(descriptor: FeedDescriptor, first: SignedHead, second: SignedHead) {
        self.descriptor = descriptor
        self.first = first
        self.second = second
    }

    /// Both signatures hold, and the heads contradict each other.
    public func verify() -> Bool {
        first.length == second.length && first.treeHash != second.treeHash
            && first.verify(descriptor) && second.verify(descriptor)
    }
}
