/// A text as chunks of UTF-8, addressed by Unicode scalars.
///
/// The chunk last touched is remembered, so typing in one place does not search.
/// - Complexity: an edit is O(*c*) in the number of chunks away from the last edit, and O(1) beside it.
struct TextRope: Sendable {
    struct Chunk: Sendable {
        var bytes: [UInt8]
        var scalars: Int
        var utf16: Int

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            scalars = bytes.reduce(0) { $1 & 0xc0 == 0x80 ? $0 : $0 + 1 }
            utf16 = scalars + bytes.reduce(0) { $1 >= 0xf0 ? $0 + 1 : $0 }
        }

        /// Byte offset of a scalar.
        func offset(ofScalar index: Int) -> Int {
            if scalars == bytes.count { return index }
            var seen = 0
            for (offset, byte) in bytes.enumerated() where byte & 0xc0 != 0x80 {
                if seen == index { return offset }
                seen += 1
            }
            return bytes.count
        }
    }

    private static let capacity = 1_024

    private var chunks: [Chunk] = []
    private(set) var scalarCount = 0
    private(set) var utf16Count = 0
    /// A chunk and the scalars before it.
    private var finger = (chunk: 0, start: 0)

    init() {}

    init(_ text: String) {
        let bytes = Array(text.utf8)
        var start = 0
        while start < bytes.count {
            var end = min(start + Self.capacity / 2, bytes.count)
            while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
            chunks.append(Chunk(Array(bytes[start..<end])))
            start = end
        }
        scalarCount = chunks.reduce(0) { $0 + $1.scalars }
        utf16Count = chunks.reduce(0) { $0 + $1.utf16 }
    }

    var string: String {
        var bytes: [UInt8] = []
        for chunk in chunks { bytes += chunk.bytes }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// UTF-8 of the scalars in `range`, which lies within the text.
    func bytes(in range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        var start = 0
        for chunk in chunks {
            let end = start + chunk.scalars
            if end > range.lowerBound, start < range.upperBound {
                let low = chunk.offset(ofScalar: max(range.lowerBound, start) - start)
                let high = chunk.offset(ofScalar: min(range.upperBound, end) - start)
                result += chunk.bytes[low..<high]
            }
            if end >= range.upperBound { break }
            start = end
        }
        return result
    }

    /// Puts well-formed UTF-8 before scalar `position`, which is at most `scalarCount`.
    mutating func insert(_ bytes: [UInt8], at position: Int) {
        guard !bytes.isEmpty else { return }
        if chunks.isEmpty { chunks.append(Chunk([])) }
        seek(position)
        let index = finger.chunk
        let offset = chunks[index].offset(ofScalar: position - finger.start)
        let added = Chunk(bytes)
        chunks[index].bytes.insert(contentsOf: bytes, at: offset)
        chunks[index].scalars += added.scalars
        chunks[index].utf16 += added.utf16
        scalarCount += added.scalars
        utf16Count += added.utf16
        if chunks[index].bytes.count > Self.capacity { divide(index) }
    }

    /// Takes out the scalars in `range`, which lies within the text.
    mutating func delete(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        seek(range.lowerBound)
        // At a border the finger may stand at the end of the chunk before.
        if range.lowerBound == finger.start + chunks[finger.chunk].scalars { advance() }
        var rest = range.count
        let first = range.lowerBound
        while rest > 0 {
            let index = finger.chunk
            let start = first - finger.start
            let count = min(rest, chunks[index].scalars - start)
            let low = chunks[index].offset(ofScalar: start)
            let high = chunks[index].offset(ofScalar: start + count)
            let gone = Chunk(Array(chunks[index].bytes[low..<high]))
            chunks[index].bytes.removeSubrange(low..<high)
            chunks[index].scalars -= gone.scalars
            chunks[index].utf16 -= gone.utf16
            scalarCount -= gone.scalars
            utf16Count -= gone.utf16
            rest -= count
            if chunks[index].bytes.isEmpty {
                chunks.remove(at: index)
                if index == chunks.count { finger = (0, 0) }
            } else if rest > 0 {
                advance()
            }
        }
    }

    /// Scalars before a UTF-16 offset; nil inside a surrogate pair or beyond the end.
    func scalarOffset(ofUTF16 offset: Int) -> Int? {
        var utf16 = 0, scalars = 0
        for chunk in chunks {
            if utf16 + chunk.utf16 < offset {
                utf16 += chunk.utf16
                scalars += chunk.scalars
                continue
            }
            for byte in chunk.bytes where byte & 0xc0 != 0x80 {
                if utf16 == offset { return scalars }
                utf16 += byte >= 0xf0 ? 2 : 1
                scalars += 1
            }
        }
        return utf16 == offset ? scalars : nil
    }

    /// UTF-16 units before a scalar; nil beyond the end.
    func utf16Offset(ofScalar offset: Int) -> Int? {
        guard (0...scalarCount).contains(offset) else { return nil }
        var utf16 = 0, scalars = 0
        for chunk in chunks {
            if scalars + chunk.scalars < offset {
                utf16 += chunk.utf16
                scalars += chunk.scalars
                continue
            }
            for byte in chunk.bytes where byte & 0xc0 != 0x80 {
                if scalars == offset { return utf16 }
                utf16 += byte >= 0xf0 ? 2 : 1
                scalars += 1
            }
        }
        return utf16
    }

    private mutating func advance() {
        finger = (finger.chunk + 1, finger.start + chunks[finger.chunk].scalars)
    }

    /// Moves the finger to the chunk that holds the place before scalar `position`.
    private mutating func seek(_ position: Int) {
        if finger.chunk >= chunks.count { finger = (0, 0) }
        while position < finger.start {
            finger.chunk -= 1
            finger.start -= chunks[finger.chunk].scalars
        }
        while position > finger.start + chunks[finger.chunk].scalars, finger.chunk + 1 < chunks.count {
            advance()
        }
    }

    private mutating func divide(_ index: Int) {
        let bytes = chunks[index].bytes
        var pieces: [Chunk] = []
        var start = 0
        while start < bytes.count {
            var end = min(start + Self.capacity / 2, bytes.count)
            while end < bytes.count, bytes[end] & 0xc0 == 0x80 { end += 1 }
            pieces.append(Chunk(Array(bytes[start..<end])))
            start = end
        }
        chunks.replaceSubrange(index...index, with: pieces)
    }
}
