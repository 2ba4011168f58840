/// The text of every insertion one after the other, so that history can be sent and older versions be shown.
struct InsertedText: Sendable {
    /// Units between the places that are remembered once a unit takes several bytes.
    private static let stride = 128

    private(set) var bytes: [UInt8] = []
    /// Unicode scalars in the text.
    private(set) var unitCount = 0
    /// Byte offset of every 128th unit; none while all are ASCII.
    private var offsets: [Int] = []

    init() {}

    /// - Complexity: O(*n*).
    init(_ text: [UInt8]) {
        bytes = text
        unitCount = TextMeasure(text.span).scalars
        if unitCount != bytes.count { remember(from: 0, unit: 0) }
    }

    /// Adds text of `units` scalars.
    mutating func append(_ text: Span<UInt8>, units: Int) {
        let start = bytes.count, first = unitCount
        text.withAppended(to: &bytes)
        unitCount += units
        guard unitCount != bytes.count else { return }
        if first == start { remember(from: 0, unit: 0) } else { remember(from: start, unit: first) }
    }

    /// - Parameter unit: the first that begins at `start` or behind it.
    private mutating func remember(from start: Int, unit: Int) {
        var unit = unit, offset = start
        while offset < bytes.count {
            // Up to the next place to remember there are at least as many bytes as units.
            let rest = (Self.stride - unit % Self.stride) % Self.stride
            let end = min(bytes.count, offset + rest)
            if end > offset {
                unit += TextMeasure(bytes.span.extracting(offset..<end)).scalars
                offset = end
                continue
            }
            if bytes[offset] & 0xc0 != 0x80 {
                offsets.append(offset)
                unit += 1
            }
            offset += 1
        }
    }

    /// Where the UTF-8 of units lies in `bytes`.
    func byteRange(of units: Range<Int>) -> Range<Int> {
        if unitCount == bytes.count { return units }
        let low = byteOffset(of: units.lowerBound)
        // A short range is walked rather than looked up again.
        if units.count > Self.stride { return low..<byteOffset(of: units.upperBound) }
        return low..<advanced(low, by: units.count)
    }

    private func byteOffset(of unit: Int) -> Int {
        if unit >= unitCount { return bytes.count }
        return advanced(offsets[unit / Self.stride], by: unit % Self.stride)
    }

    private func advanced(_ offset: Int, by units: Int) -> Int {
        var offset = offset
        for _ in 0..<units {
            offset += 1
            while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
        }
        return min(offset, bytes.count)
    }
}
