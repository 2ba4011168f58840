/// A history with two checksums behind it: of the content that was saved with it, and its own.
/// - Source: `Docs/Spec/Encoding.md`, "Checksums".
public struct SavedHistory: Hashable, Sendable {
    /// The history without the checksums.
    public let history: [UInt8]
    /// Of the content.
    public let content: Checksum

    /// A history that is saved with a content.
    public init(_ history: [UInt8], of content: [UInt8]) {
        self.history = history
        self.content = Checksum(of: content.span)
    }

    /// Reads what ``encoded()`` gave.
    /// - Throws: ``ByteError/truncated(at:)``, ``ByteError/damaged``.
    public init(decoding bytes: [UInt8]) throws(ByteError) {
        var reader = try ByteReader(checking: bytes)
        guard reader.remaining >= 8 else { throw .truncated(at: bytes.count) }
        history = try reader.raw(count: reader.remaining - 8)
        content = Checksum(rawValue: try reader.u64())
    }

    /// The history and both checksums.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(history)
        writer.u64(content.rawValue)
        writer.endWithChecksum()
        return writer.bytes
    }
}
