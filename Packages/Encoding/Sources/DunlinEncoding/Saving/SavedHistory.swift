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
    /// - Throws: ``ByteError`` when the bytes are too few, or not those that were written.
    public init(decoding bytes: [UInt8]) throws(ByteError) {
        guard bytes.count >= 16 else { throw .truncated(at: bytes.count) }
        let end = bytes.count - 8
        var reader = ByteReader(Array(bytes[(end - 8)...]))
        content = Checksum(rawValue: try reader.u64())
        guard try reader.u64() == Checksum(of: bytes.span.extracting(..<end)).rawValue else {
            throw .notCanonical(at: end)
        }
        history = Array(bytes[..<(end - 8)])
    }

    /// The history and both checksums.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.raw(history)
        writer.u64(content.rawValue)
        writer.u64(Checksum(of: writer.bytes.span).rawValue)
        return writer.bytes
    }
}
