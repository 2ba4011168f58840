/// The structure of a zstd frame (RFC 8878, section 3.1.1), read without decompressing it.
///
/// zstd itself would take several frames one after another, skippable ones, dictionaries and checksums. Here
/// each content has few encodings that are admitted, and one frame says where it ends and how much it can
/// become at most, so that nothing is allocated on the word of its sender.
struct Frame {
    /// The frame as it must begin: the magic number, and a descriptor that announces nothing but a window.
    static let head: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00]
    /// Magic number, descriptor, window, and one block of one byte.
    static let leastByteCount = 10
    /// A block becomes at most so many bytes, whatever the window.
    private static let blockLimit = 128 << 10

    /// An upper bound of the bytes that it becomes.
    var possible = 0

    /// Reads the structure of what lies from `start` to the end.
    init(_ bytes: [UInt8], from start: Int) throws(EnvelopeError) {
        let window = start + Self.head.count
        for index in start..<window {
            guard index < bytes.count else { throw .truncated(at: bytes.count) }
            guard bytes[index] == Self.head[index - start] else { throw .badFrame(at: index) }
        }
        guard window < bytes.count else { throw .truncated(at: bytes.count) }
        let windowByteCount = (8 + Int(bytes[window] & 7)) << (7 + Int(bytes[window] >> 3))
        guard windowByteCount <= Envelope.windowLimit else {
            throw .windowTooLarge(byteCount: windowByteCount)
        }
        let most = min(windowByteCount, Self.blockLimit)
        var offset = window + 1
        var isLast = false
        while !isLast {
            guard bytes.count - offset >= 3 else { throw .truncated(at: bytes.count) }
            let header = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 | Int(bytes[offset + 2]) << 16
            let size = header >> 3
            guard size <= most else { throw .badFrame(at: offset) }
            let stored: Int
            switch header >> 1 & 3 {
            case 0: (stored, possible) = (size, possible + size)
            case 1: (stored, possible) = (1, possible + size)
            case 2: (stored, possible) = (size, possible + most)
            default: throw .badFrame(at: offset)
            }
            offset += 3
            guard bytes.count - offset >= stored else { throw .truncated(at: bytes.count) }
            offset += stored
            isLast = header & 1 == 1
        }
        guard offset == bytes.count else { throw .trailingBytes(count: bytes.count - offset) }
    }
}
