/// Why an envelope was not opened.
public enum EnvelopeError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The envelope ends before its content does.
    case truncated(at: Int)
    /// A method that this version does not know.
    case unknownMethod(UInt8)
    /// The announced length is no varint in its shortest form.
    case badLength
    /// The announced length is above what the caller admits. Nothing was allocated.
    case tooLong(announced: UInt64, limit: Int)
    /// So short a frame cannot become so many bytes. Nothing was allocated.
    case implausible(announced: Int, possible: Int)
    /// The frame's structure is not one that the format admits, at this byte of the envelope.
    case badFrame(at: Int)
    /// The frame asks for a window above ``Envelope/windowLimit``.
    case windowTooLarge(byteCount: Int)
    /// The frame's content is damaged; in zstd's words.
    case damaged(String)
    /// The frame became another number of bytes than announced.
    case wrongLength(announced: Int, found: Int)
    /// So many bytes follow the content.
    case trailingBytes(count: Int)
    /// The frame builds on a prefix, and none was given.
    case prefixMissing
    /// zstd could not get the memory it works in.
    case outOfMemory

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .truncated(let at):
            "The compressed bytes end at byte \(at), within their content. Get the whole of them again."
        case .unknownMethod(let method):
            "The compression method \(method) is unknown. Update to a version that knows it."
        case .badLength:
            "The announced length is not a number in its shortest form. Get the bytes again from their maker."
        case .tooLong(let announced, let limit):
            "They announce \(announced) bytes, above the limit of \(limit). Refuse them or raise the limit."
        case .implausible(let announced, let possible):
            "The bytes announce \(announced) bytes but hold at most \(possible). Do not trust who sent them."
        case .badFrame(let at):
            "The zstd frame is not of the admitted form at byte \(at). Get the bytes again from their maker."
        case .windowTooLarge(let byteCount):
            "The zstd frame asks for a window of \(byteCount) bytes. Compress with one of 8 MiB at most."
        case .damaged(let what):
            "The compressed bytes are damaged (\(what)), or the prefix is another. Get both of them again."
        case .wrongLength(let announced, let found):
            "The bytes announce \(announced) bytes and hold \(found). Get them again, and check the prefix."
        case .trailingBytes(let count):
            "\(count) bytes follow the compressed content. Cut the message where the content ends."
        case .prefixMissing:
            "The bytes were compressed with a prefix. Give the same prefix that their maker had."
        case .outOfMemory:
            "There is no memory to decompress in. Free some and try again."
        }
    }
}
