import DunlinEncoding

/// What marks show, for those who read without the marks.
/// - Source: `Docs/Spec/Sequences.md`, "A saved text".
extension TextAttribute {
    /// As far as positions go.
    private static let longestText = 1 << 40

    /// Writes attributes as ``TextContainer/attributes(graph:)`` gives them.
    public static func write(_ attributes: [TextAttribute], _ writer: inout ByteWriter) {
        writer.varint(UInt64(attributes.count))
        for attribute in attributes {
            writer.sized(attribute.key.bytes)
            writer.sized(attribute.value.encoded())
            writer.varint(UInt64(attribute.ranges.count))
            var reached = 0
            for range in attribute.ranges {
                writer.varint(UInt64(range.lowerBound - reached))
                writer.varint(UInt64(range.count))
                reached = range.upperBound
            }
        }
    }

    /// Reads what ``write(_:_:)`` wrote; the ranges may lie beyond the text, whose length is not known yet.
    /// - Throws: ``ByteError`` for bytes that are none.
    public static func read(_ reader: inout ByteReader) throws(ByteError) -> [TextAttribute] {
        let at = reader.offset
        var attributes: [TextAttribute] = []
        // A key, a value of a byte, a count and a range.
        for _ in 0..<(try reader.count(bytesEach: 6)) {
            let at = reader.offset
            guard let key = UTF8String(validating: try reader.sized(atMost: TextMark.longestKey)) else {
                throw .notCanonical(at: at)
            }
            let value: CBORValue, bytes = try reader.sized()
            do { value = try CBORValue(decoding: bytes, limits: .userData) } catch {
                throw .notCanonical(at: at)
            }
            attributes.append(TextAttribute(key: key, value: value, ranges: try readRanges(&reader)))
        }
        guard areInOrder(attributes) else { throw .notCanonical(at: at) }
        return attributes
    }

    private static func readRanges(_ reader: inout ByteReader) throws(ByteError) -> [Range<Int>] {
        let at = reader.offset
        var ranges: [Range<Int>] = []
        for _ in 0..<(try reader.count(bytesEach: 2)) {
            let reached = ranges.last?.upperBound ?? 0, rest = UInt64(longestText - reached)
            let gap = try reader.varint(), length = try reader.varint()
            guard length > 0, gap > 0 || ranges.isEmpty, gap <= rest, length <= rest - gap else {
                throw .notCanonical(at: at)
            }
            let start = reached + Int(gap)
            ranges.append(start..<start + Int(length))
        }
        guard !ranges.isEmpty else { throw .notCanonical(at: at) }
        return ranges
    }

    /// Whether they are by the bytes of the keys, then by the first place, and no scalar has two values for a
    /// key.
    private static func areInOrder(_ attributes: [TextAttribute]) -> Bool {
        var start = 0
        while start < attributes.count {
            let key = attributes[start].key
            let end = attributes[start...].firstIndex { $0.key != key } ?? attributes.count
            let same = attributes[start..<end]
            let firsts = same.compactMap(\.ranges.first?.lowerBound)
            let ranges = same.flatMap(\.ranges).sorted { $0.lowerBound < $1.lowerBound }
            guard zip(firsts, firsts.dropFirst()).allSatisfy(<), Set(same.map(\.value)).count == same.count,
                zip(ranges, ranges.dropFirst()).allSatisfy({ $0.upperBound <= $1.lowerBound }),
                end == attributes.count || key < attributes[end].key
            else { return false }
            start = end
        }
        return true
    }
}
