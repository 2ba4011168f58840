import DunlinEncoding

extension UTF8String {
    /// Whether a field of this name is the format's own. The first byte says so: Swift may join an `@` with
    /// what follows it into another character.
    /// - Source: `Docs/Spec/Changes.md`, "JSON".
    var isReserved: Bool { string.utf8.first == UInt8(ascii: "@") }
}
