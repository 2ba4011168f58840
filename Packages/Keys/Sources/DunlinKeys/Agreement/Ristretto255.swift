import CSodium

/// The group that CPace runs in.
/// - Source: RFC 9496.
public enum Ristretto255 {
    /// Maps 64 uniform bytes to an element of 32 bytes.
    public static func element(fromHash hash: SecretBytes) throws(KeyError) -> SecretBytes {
        guard hash.count == 64 else { throw .wrongLength(expected: 64, found: hash.count) }
        Sodium.start()
        var status: Int32 = -1
        let element = unsafe SecretBytes(count: 32) { output in
            unsafe status = crypto_core_ristretto255_from_hash(output, hash.pointer)
        }
        guard status == 0 else { throw .badPoint }
        return element
    }

    /// A scalar from 64 uniform bytes.
    public static func scalar(reducing wide: SecretBytes) throws(KeyError) -> SecretBytes {
        guard wide.count == 64 else { throw .wrongLength(expected: 64, found: wide.count) }
        return unsafe SecretBytes(count: 32) { output in
            unsafe crypto_core_ristretto255_scalar_reduce(
                output, wide.pointer)
        }
    }

    /// Scalar times an element that nobody may know, to a product that everybody may.
    /// - Throws: ``KeyError/badPoint`` when the element does not decode or the product is the identity.
    public static func multiply(_ scalar: SecretBytes, _ element: SecretBytes) throws(KeyError) -> [UInt8] {
        guard scalar.count == 32 else { throw .wrongLength(expected: 32, found: scalar.count) }
        guard element.count == 32 else { throw .wrongLength(expected: 32, found: element.count) }
        Sodium.start()
        var output = [UInt8](repeating: 0, count: 32)
        guard unsafe crypto_scalarmult_ristretto255(&output, scalar.pointer, element.pointer) == 0 else {
            throw .badPoint
        }
        return output
    }

    /// Scalar times an element that everybody may know, to a product that nobody else may.
    /// - Throws: ``KeyError/badPoint`` when the element does not decode or the product is the identity.
    public static func multiply(_ scalar: SecretBytes, _ element: [UInt8]) throws(KeyError) -> SecretBytes {
        guard scalar.count == 32 else { throw .wrongLength(expected: 32, found: scalar.count) }
        guard element.count == 32 else { throw .wrongLength(expected: 32, found: element.count) }
        Sodium.start()
        var status: Int32 = -1
        let product = unsafe SecretBytes(count: 32) { output in
            unsafe status = crypto_scalarmult_ristretto255(output, scalar.pointer, element)
        }
        guard status == 0 else { throw .badPoint }
        return product
    }
}
