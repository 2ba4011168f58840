import CSodium

/// Bytes in locked memory: never swapped out, wiped when the last reference goes. Up to 64 bytes share
/// guarded pages with other secrets; larger ones have pages of their own.
///
/// There is no way to print, encode or compare them but in constant time. `withBytes` is the one way in;
/// do not copy what it shows into an array that outlives the call.
///
/// Sound because: the allocation is made in `init`, freed in `deinit`, never moved, and written to only
/// before `init` returns; reading it from many threads is then safe.
@safe public final class SecretBytes: @unchecked Sendable {
    /// How many bytes there are.
    public let count: Int
    private let isSmall: Bool
    private let base: UnsafeMutableRawPointer

    /// Allocates `count` bytes and lets `fill` write them.
    @unsafe package init(count: Int, fill: (UnsafeMutablePointer<UInt8>) -> Void) {
        self.count = count
        isSmall = count <= SecretSlab.slotByteCount
        Sodium.start()
        // Either fails only when the process may map no more memory at all.
        guard let memory = unsafe isSmall ? SecretSlab.take() : sodium_malloc(count) else {
            preconditionFailure("out of memory for \(count) secret bytes")
        }
        unsafe base = memory
        unsafe fill(memory.bindMemory(to: UInt8.self, capacity: max(count, 1)))
        if !isSmall { unsafe sodium_mprotect_readonly(memory) }
    }

    /// Copies `bytes`; the caller's array stays as it is and should go away soon.
    public convenience init(copying bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { unsafe $0.update(from: bytes, count: bytes.count) }
    }

    /// Fresh random bytes from the system.
    public static func random(count: Int) -> SecretBytes {
        unsafe SecretBytes(count: count) { unsafe randombytes_buf($0, count) }
    }

    deinit {
        if isSmall { unsafe SecretSlab.give(back: base) } else { unsafe sodium_free(base) }
    }

    /// Shows the bytes for the length of the call.
    public func withBytes<R, E: Error>(_ body: (borrowing Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let span = unsafe Span<UInt8>(_unsafeStart: base.assumingMemoryBound(to: UInt8.self), count: count)
        return try body(span)
    }

    /// A copy in ordinary memory, for messages that are encrypted at once. Prefer ``withBytes(_:)``.
    public func copied() -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: base, count: count))
    }

    /// The bytes from `range` as a secret of their own.
    public func slice(_ range: Range<Int>) throws(KeyError) -> SecretBytes {
        guard range.lowerBound >= 0, range.upperBound <= count else {
            throw .wrongLength(expected: range.upperBound, found: count)
        }
        return unsafe SecretBytes(count: range.count) { target in
            unsafe target.update(from: pointer + range.lowerBound, count: range.count)
        }
    }

    /// Secrets one after another.
    public static func joined(_ parts: [SecretBytes]) -> SecretBytes {
        unsafe SecretBytes(count: parts.reduce(0) { $0 + $1.count }) { target in
            var offset = 0
            for part in parts {
                unsafe (target + offset).update(from: part.pointer, count: part.count)
                offset += part.count
            }
        }
    }

    /// Compares in a time that depends on the length alone.
    public static func == (a: SecretBytes, b: SecretBytes) -> Bool {
        guard a.count == b.count else { return false }
        return unsafe sodium_memcmp(a.base, b.base, a.count) == 0
    }

    /// The address, for libsodium calls inside this module.
    var pointer: UnsafePointer<UInt8> {
        unsafe UnsafePointer(base.assumingMemoryBound(to: UInt8.self))
    }
}

/// Compares two byte strings in a time that depends on their lengths alone.
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    Sodium.start()
    guard a.count == b.count else { return false }
    return unsafe sodium_memcmp(a, b, a.count) == 0
}

extension SecretBytes {
    /// The address as C's `char *`, for passphrases.
    func withPointer(_ body: (UnsafePointer<CChar>) -> Void) {
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: count) { unsafe body($0) }
    }
}
