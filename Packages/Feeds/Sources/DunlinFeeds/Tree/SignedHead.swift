import DunlinEncoding
import DunlinKeys

/// A feed's signed statement: so long am I, and this is my tree.
/// - Source: `Docs/Spec/Feeds.md`, "Heads"; the layout is hypercore's.
public struct SignedHead: Hashable, Sendable {
    /// Blocks that are signed.
    public var length: UInt64
    /// The hash of the tree over them.
    public var treeHash: Digest
    /// By the feed's key.
    public var signature: Signature

    /// A head as it was read; ``verify(_:)`` says whether it is the feed's.
    public init(length: UInt64, treeHash: Digest, signature: Signature) {
        self.length = length
        self.treeHash = treeHash
        self.signature = signature
    }

    /// Signs a tree.
    public static func sign(
        _ frontier: MerkleFrontier, descriptor: FeedDescriptor, with key: SigningKey
    ) throws(KeyError) -> SignedHead {
        let hash = frontier.treeHash
        let bytes = signable(length: frontier.length, treeHash: hash, context: descriptor.context)
        return SignedHead(
            length: frontier.length, treeHash: hash, signature: try key.sign(bytes, purpose: .head))
    }

    /// Whether the feed's key has signed it, for this feed.
    public func verify(_ descriptor: FeedDescriptor) -> Bool {
        let bytes = Self.signable(length: length, treeHash: treeHash, context: descriptor.context)
        return descriptor.feed.verify(signature, over: bytes, purpose: .head)
    }

    /// The 112 bytes that are signed (behind the purpose).
    public static func signable(length: UInt64, treeHash: Digest, context: Digest) -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(namespace.bytes)
        writer.raw(context.bytes)
        writer.raw(treeHash.bytes)
        writer.u64(length)
        writer.u64(0)
        return writer.bytes
    }

    /// H(H("hypercore") || 0x00).
    static let namespace = Digest.blake2b(Digest.blake2b(Array("hypercore".utf8)).bytes + [0])

    /// The head as a CBOR array.
    public var encodedValue: CBORValue {
        .array([.unsigned(length), treeHash.encodedValue, signature.encodedValue])
    }

    /// Reads a head; the signature is not checked here.
    /// - Throws: ``CBORError`` for anything else.
    public init(_ value: CBORValue) throws(CBORError) {
        let items = try value.asArray(count: 3)
        length = try items[0].asUnsigned()
        treeHash = try Digest(items[1])
        signature = try Signature(items[2])
        guard length > 0, length < 1 << 40 else { throw .notCanonical }
    }
}
