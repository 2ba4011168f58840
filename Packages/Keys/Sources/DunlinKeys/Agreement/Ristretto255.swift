import CSodium

/// The group that CPace runs in.
/// - Source: RFC 9496.
public enum Ristretto255 {
    /// Maps 64 uniform bytes to an element of 32 bytes.
    public static func element(fromHash hash: [UInt8]) throws(KeyError) -> [UInt8] {
        guard hash.count == 64 else { throw .wrongLength(expected: 64, found: hash.count) }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: 32)
        guard unsafe crypto_core_ristretto255_from_hash(&output, hash) == 0 else { throw .badPoint }
        return output
    }

    /// A scalar from 64 uniform bytes.
    public static func scalar(reducing wide: SecretBytes) throws(KeyError) -> SecretBytes {
        guard wide.count == 64 else { throw .wrongLength(expected: 64, found: wide.count) }
        return unsafe SecretBytes(count: 32) { output in
            unsafe crypto_core_ristretto255_scalar_reduce(
                output, wide.pointer)
        }
    }

    /// Scalar times element.
    /// - Throws: ``KeyError/badPoint`` when the element does not decode or the product is the identity.
    public static func multiply(_ scalar: SecretBytes, _ element: [UInt8]) throws(KeyError) -> [UInt8] {
        guard scalar.count == 32 else { throw .wrongLength(expected: 32, found: scalar.count) }
        guard element.count == 32 else { throw .wrongLength(expected: 32, found: element.count) }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: 32)
        guard unsafe crypto_scalarmult_ristretto255(&output, scalar.pointer, element) == 0 else {
            throw .badPoint
        }
        return output
    }
}
