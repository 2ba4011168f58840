import CSodium
import DunlinEncoding

/// A BLAKE2b-256 hash: 32 bytes.
public struct Digest: FixedBytes32 {
    /// The 32 bytes.
    public let raw: Bytes32
    /// A digest that was made elsewhere.
    public init(raw: Bytes32) { self.raw = raw }

    /// H of the parts one after another.
    /// - Source: RFC 7693, no key, 32 bytes of output.
    public static func blake2b(_ parts: [UInt8]...) -> Digest {
        Sodium.start()
        let input = parts.count == 1 ? parts[0] : Array(parts.joined())
        var output = [UInt8](repeating: 0, count: 32)
        unsafe crypto_generichash(&output, 32, input, UInt64(input.count), nil, 0)
        return Digest(bytes: output) ?? Digest(raw: Bytes32())
    }

    /// H over a label and a secret.
    public static func blake2b(_ label: String, secret: SecretBytes, _ rest: [UInt8] = []) -> Digest {
        let input = SecretBytes.joined([
            SecretBytes(copying: Array(label.utf8)), secret, SecretBytes(copying: rest),
        ])
        var output = [UInt8](repeating: 0, count: 32)
        unsafe crypto_generichash(&output, 32, input.pointer, UInt64(input.count), nil, 0)
        return Digest(bytes: output) ?? Digest(raw: Bytes32())
    }

    /// BLAKE2b-256 keyed with a secret, over public bytes.
    public static func keyed(_ key: SecretBytes, _ message: [UInt8]) -> Digest {
        Sodium.start()
        var output = [UInt8](repeating: 0, count: 32)
        unsafe crypto_generichash(&output, 32, message, UInt64(message.count), key.pointer, key.count)
        return Digest(bytes: output) ?? Digest(raw: Bytes32())
    }
}
