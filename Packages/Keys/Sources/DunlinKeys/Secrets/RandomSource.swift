import CSodium
import DunlinEncoding

/// Where randomness comes from. Protocol code takes one as an argument and never asks the system, so that
/// the same code runs in a simulation.
public protocol RandomSource {
    mutating func bytes(_ count: Int) -> [UInt8]
    /// Random bytes that live in locked memory from the start.
    mutating func secret(_ count: Int) -> SecretBytes
}

extension RandomSource {
    /// A uniform number below `bound`, which is at least 1. By rejection, so without bias.
    public mutating func uniform(below bound: UInt64) -> UInt64 {
        let limit = UInt64.max - UInt64.max % bound
        while true {
            let value = bytes(8).reduce(0) { $0 << 8 | UInt64($1) }
            if value < limit { return value % bound }
        }
    }
}

/// The system's generator, by way of libsodium.
public struct SystemRandom: RandomSource, Sendable {
    /// Not empty: the thread sanitizer reads where an empty value would stand, which is nowhere.
    private let place: UInt8 = 0

    /// The system's own source; there is only one.
    public init() {}

    /// Random bytes; not for secrets, which ``secret(_:)`` makes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        Sodium.start()
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&bytes, count)
        return bytes
    }

    /// Random bytes in locked memory.
    public mutating func secret(_ count: Int) -> SecretBytes { .random(count: count) }
}

/// A reproducible stream for simulations and tests; never for keys that matter.
public struct SeededRandom: RandomSource, Sendable {
    private let seed: [UInt8]
    private var counter: UInt64 = 0

    /// The source whose bytes follow from `seed`. For tests and simulations alone: who knows the seed knows
    /// all.
    public init(seed: UInt64) {
        var writer = ByteWriter()
        writer.u64(seed)
        self.seed = Digest.blake2b(writer.bytes).bytes
    }

    /// The next bytes.
    public mutating func bytes(_ count: Int) -> [UInt8] {
        Sodium.start()
        var bytes = [UInt8](repeating: 0, count: count)
        var nonce = ByteWriter()
        nonce.u64(counter)
        counter += 1
        unsafe crypto_stream_chacha20(&bytes, UInt64(count), nonce.bytes, seed)
        return bytes
    }

    /// The next bytes as a secret.
    public mutating func secret(_ count: Int) -> SecretBytes { SecretBytes(copying: bytes(count)) }
}
