import DunlinEncoding

/// Bytes with a byte before them that says how they were compressed, and their length.
///
/// The envelope protects nothing: whoever changes it changes what comes out. Sign or encrypt what it stands
/// in, or what was sealed in it. The same bytes may be sealed differently by another version of zstd, so
/// compare and hash what was opened, never the envelope.
public enum Envelope {
    /// Frames that need more history than this at once are neither made nor opened: 8 MiB, which RFC 8878
    /// asks every reader to have.
    public static let windowLimit = 8 << 20

    private enum Method: UInt8 {
        case stored, frame, frameAfterPrefix
    }

    /// Compresses, unless that would not make them shorter.
    /// - Parameters:
    ///   - level: 1 (fast) to 19 (small); what lies outside counts as the nearest.
    ///   - prefix: Bytes that whoever opens has, too, and that are like these: an earlier version, or an
    ///     agreed sample. What lies further back than the window (2 MiB at level 3) does not help.
    public static func seal(_ bytes: [UInt8], level: Int = 3, prefix: [UInt8] = []) -> [UInt8] {
        let method: Method = prefix.isEmpty ? .frame : .frameAfterPrefix
        return Zstd.compress(
            bytes, after: prefix, level: Int32(max(1, min(level, 19))), head: head(method, bytes.count))
            ?? head(.stored, bytes.count) + bytes
    }

    /// The bytes that were sealed.
    /// - Parameters:
    ///   - limit: The most bytes that may come out, checked before anything is allocated.
    ///   - prefix: The one that they were sealed with. With another one comes an error or other bytes.
    public static func open(
        _ envelope: [UInt8], atMost limit: Int, prefix: [UInt8] = []
    ) throws(EnvelopeError) -> [UInt8] {
        var reader = ByteReader(envelope)
        guard let number = try? reader.u8() else { throw .truncated(at: 0) }
        guard let method = Method(rawValue: number) else { throw .unknownMethod(number) }
        let announced: UInt64
        do { announced = try reader.varint() } catch {
            if case .truncated(let at) = error { throw .truncated(at: at) }
            throw .badLength
        }
        guard announced <= UInt64(max(limit, 0)) else { throw .tooLong(announced: announced, limit: limit) }
        let count = Int(announced)
        if method == .stored {
            guard reader.remaining >= count else { throw .truncated(at: envelope.count) }
            guard reader.remaining == count else { throw .trailingBytes(count: reader.remaining - count) }
            return Array(envelope[reader.offset...])
        }
        if method == .frameAfterPrefix && prefix.isEmpty { throw .prefixMissing }
        let possible = try Frame(envelope, from: reader.offset).possible
        guard count <= possible else { throw .implausible(announced: count, possible: possible) }
        return try Zstd.decompress(
            envelope, from: reader.offset, to: count, after: method == .frame ? [] : prefix)
    }

    private static func head(_ method: Method, _ count: Int) -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(method.rawValue)
        writer.varint(UInt64(count))
        return writer.bytes
    }
}
