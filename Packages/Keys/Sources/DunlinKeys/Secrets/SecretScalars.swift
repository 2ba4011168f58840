/// The characters of a secret in UTF-8, one at a time, without a copy of the text. What is no UTF-8 comes as
/// U+FFFD.
struct SecretScalars: IteratorProtocol {
    private struct Bytes: IteratorProtocol {
        let secret: SecretBytes
        var offset = 0

        mutating func next() -> UInt8? {
            guard offset < secret.count else { return nil }
            defer { offset += 1 }
            return secret.withBytes { $0[offset] }
        }
    }

    private var bytes: Bytes
    private var decoder = UTF8()

    init(_ secret: SecretBytes) { bytes = Bytes(secret: secret) }

    mutating func next() -> Unicode.Scalar? {
        switch decoder.decode(&bytes) {
        case .scalarValue(let scalar): scalar
        case .emptyInput: nil
        case .error: "\u{fffd}"
        }
    }
}
