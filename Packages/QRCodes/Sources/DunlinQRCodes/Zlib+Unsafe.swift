import CZlib

/// The calls of zlib.
///
/// Sound because: zlib writes no further than the capacity it is told, keeps no pointer, and the lengths
/// here are below 2³².
enum Zlib {
    /// A zlib stream (RFC 1950); nil when there is no memory.
    static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        let capacity = compressBound(UInt(bytes.count))
        var status = Z_OK
        let stream = unsafe [UInt8](unsafeUninitializedCapacity: Int(capacity)) { output, count in
            var written = capacity
            unsafe status = bytes.withUnsafeBufferPointer { bytes in
                unsafe compress2(
                    output.baseAddress, &written, bytes.baseAddress, UInt(bytes.count), Z_BEST_COMPRESSION)
            }
            count = status == Z_OK ? Int(written) : 0
        }
        return status == Z_OK ? stream : nil
    }

    /// The CRC-32 of the bytes.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe UInt32(truncatingIfNeeded: crc32(0, bytes.baseAddress, UInt32(bytes.count)))
        }
    }
}
