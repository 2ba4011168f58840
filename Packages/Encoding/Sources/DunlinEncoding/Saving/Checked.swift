extension ByteWriter {
    /// Ends what was written with its checksum.
    /// - Complexity: O(*n*).
    /// - Source: `Docs/Spec/Encoding.md`, "Checksums".
    public mutating func endWithChecksum() { u64(Checksum(of: bytes.span).rawValue) }
}

extension ByteReader {
    /// Reads what stands before the checksum that the bytes end with, if it is theirs.
    /// - Throws: ``ByteError/truncated(at:)``, ``ByteError/damaged``.
    /// - Complexity: O(*n*).
    public init(checking bytes: [UInt8]) throws(ByteError) {
        guard bytes.count >= 8 else { throw .truncated(at: bytes.count) }
        let end = bytes.count - 8
        var last = ByteReader(Array(bytes[end...]))
        guard try last.u64() == Checksum(of: bytes.span.extracting(..<end)).rawValue else { throw .damaged }
        self.init(Array(bytes[..<end]))
    }
}
