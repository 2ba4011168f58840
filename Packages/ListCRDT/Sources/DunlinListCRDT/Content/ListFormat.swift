import DunlinEncoding

/// What a list's updates, contents and histories begin and end with.
/// - Source: `Docs/Spec/Lists.md`.
enum ListFormat {
    /// Bits for what stands in the bytes beyond insertions and deletions: nothing yet.
    private static let form: UInt64 = 0

    static func writeForm(_ writer: inout ByteWriter) { writer.varint(form) }

    static func readForm(_ reader: inout ByteReader) throws(ByteError) {
        guard try reader.varint() == form else { throw .notCanonical(at: 0) }
    }

    /// A column of null and booleans takes no byte for each. So that few bytes do not ask for much memory,
    /// one of more values is filled up to a byte for each.
    private static let freeCount = 1 << 20

    /// A column that the bytes end with.
    static func write(_ values: [CBORValue], _ writer: inout ByteWriter) {
        let start = writer.bytes.count
        CBORColumn.write(values, &writer)
        let missing = values.count - (writer.bytes.count - start)
        if values.count > freeCount, missing > 0 { writer.raw(repeatElement(0, count: missing)) }
    }

    static func read(_ reader: inout ByteReader, count: Int) throws(ByteError) -> [CBORValue] {
        let start = reader.offset, byteCount = reader.remaining
        guard count <= max(freeCount, byteCount), count < Int(UInt32.max) else {
            throw .tooLong(byteCount: UInt64(count), limit: max(freeCount, byteCount))
        }
        let values = try CBORColumn.read(&reader, count: count)
        if count > freeCount, reader.offset - start < count {
            guard byteCount == count else { throw .notCanonical(at: reader.offset) }
            while !reader.isAtEnd {
                guard try reader.u8() == 0 else { throw .notCanonical(at: reader.offset - 1) }
            }
        }
        try reader.finish()
        return values
    }
}
