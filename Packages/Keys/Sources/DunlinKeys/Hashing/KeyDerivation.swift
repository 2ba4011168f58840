import CSodium

/// KDF(key, label): BLAKE2b-256 keyed with `key` over the label and, when given, further public bytes.
public func deriveKey(_ key: SecretBytes, _ label: String, _ context: [UInt8] = []) -> SecretBytes {
    let message = Array(label.utf8) + context
    return unsafe SecretBytes(count: 32) { output in
        unsafe crypto_generichash(
            output, 32,
            message, UInt64(message.count), key.pointer, key.count)
    }
}
