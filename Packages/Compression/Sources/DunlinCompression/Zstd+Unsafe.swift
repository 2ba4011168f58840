import CZstd
import Synchronization

/// The calls of zstd.
///
/// Sound because: zstd writes no further than the capacity it is told and reads back no further than what it
/// has written, a context has one owner at a time, and no pointer outlives the closure that lends it: a
/// context lets go of its prefix before it is given back.
enum Zstd {
    /// Contexts that wait for their next use, one of each kind. Making one costs more than a short content
    /// does. Who swaps one out owns it.
    private nonisolated(unsafe) static let spareCompressor = unsafe Atomic<OpaquePointer?>(nil)
    private nonisolated(unsafe) static let spareDecompressor = unsafe Atomic<OpaquePointer?>(nil)
    /// A compressor that has grown above this is not kept.
    private static let mostKept = 4 << 20

    /// `head` and a frame; nil when that is not shorter than `head` and the bytes as they are.
    static func compress(
        _ bytes: [UInt8], after prefix: [UInt8], level: Int32, head: [UInt8]
    ) -> [UInt8]? {
        guard bytes.count > Frame.leastByteCount else { return nil }
        guard let context = unsafe takeCompressor() else { return nil }
        defer { unsafe give(compressor: context) }
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
        // The envelope has the length.
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
        // zstd ignores a prefix that lies where the bytes lie, as with two copies of one array.
        let isShared = unsafe bytes.withUnsafeBytes { bytes in
            unsafe prefix.withUnsafeBytes { unsafe $0.baseAddress == bytes.baseAddress }
        }
        let prefix = unsafe isShared ? prefix.withUnsafeBytes { unsafe [UInt8]($0) } : prefix
        // The result would keep the memory of the largest that it could have been: one copy is cheaper.
        return unsafe withUnsafeTemporaryAllocation(byteCount: bytes.count - 1, alignment: 1) { scratch in
            let count = unsafe prefix.withUnsafeBytes { prefix in
                unsafe ZSTD_CCtx_refPrefix(context, prefix.baseAddress, prefix.count)
                return unsafe bytes.withUnsafeBytes { bytes in
                    unsafe ZSTD_compress2(
                        context, scratch.baseAddress, scratch.count, bytes.baseAddress, bytes.count)
                }
            }
            // It did not fit.
            if ZSTD_isError(count) != 0 { return nil }
            return unsafe [UInt8](unsafeUninitializedCapacity: head.count + count) { output, outputCount in
                let output = UnsafeMutableRawBufferPointer(output)
                unsafe output.copyBytes(from: head)
                unsafe UnsafeMutableRawBufferPointer(rebasing: output[head.count...])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                outputCount = head.count + count
            }
        }
    }

    /// The content of the frame that lies from `start` to the end, which must be `count` bytes.
    static func decompress(
        _ envelope: [UInt8], from start: Int, to count: Int, after prefix: [UInt8]
    ) throws(EnvelopeError) -> [UInt8] {
        guard let context = unsafe takeDecompressor() else { throw .outOfMemory }
        defer { unsafe give(decompressor: context) }
        var status = 0
        let content = unsafe [UInt8](unsafeUninitializedCapacity: count) { output, outputCount in
            unsafe status = prefix.withUnsafeBytes { prefix in
                unsafe ZSTD_DCtx_refPrefix(context, prefix.baseAddress, prefix.count)
                return unsafe envelope.withUnsafeBytes { envelope in
                    let frame = unsafe UnsafeRawBufferPointer(rebasing: envelope[start...])
                    return unsafe ZSTD_decompressDCtx(
                        context, output.baseAddress, count, frame.baseAddress, frame.count)
                }
            }
            outputCount = ZSTD_isError(status) == 0 ? status : 0
        }
        guard ZSTD_isError(status) == 0 else {
            throw .damaged(unsafe String(cString: ZSTD_getErrorName(status)))
        }
        guard status == count else { throw .wrongLength(announced: count, found: status) }
        return content
    }

    private static func takeCompressor() -> OpaquePointer? {
        unsafe spareCompressor.exchange(nil, ordering: .acquiring) ?? ZSTD_createCCtx()
    }

    private static func takeDecompressor() -> OpaquePointer? {
        unsafe spareDecompressor.exchange(nil, ordering: .acquiring) ?? ZSTD_createDCtx()
    }

    private static func give(compressor: OpaquePointer) {
        unsafe ZSTD_CCtx_reset(compressor, ZSTD_reset_session_and_parameters)
        let isKept =
            unsafe ZSTD_sizeof_CCtx(compressor) <= mostKept
            && spareCompressor.compareExchange(expected: nil, desired: compressor, ordering: .releasing)
                .exchanged
        if !isKept { unsafe ZSTD_freeCCtx(compressor) }
    }

    private static func give(decompressor: OpaquePointer) {
        unsafe ZSTD_DCtx_reset(decompressor, ZSTD_reset_session_and_parameters)
        let isKept = unsafe spareDecompressor.compareExchange(
            expected: nil, desired: decompressor, ordering: .releasing
        ).exchanged
        if !isKept { unsafe ZSTD_freeDCtx(decompressor) }
    }
}
