/// Base 64 with padding, for bytes in JSON.
/// - Source: RFC 4648 section 4.
enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for index in 0..<4 {
                text.append(index <= group.count ? alphabet[value >> (18 - 6 * index) & 63] : 0x3d)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Strict: padded, spare bits zero; nil otherwise.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 4) else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: characters.count, by: 4) {
            let group = characters[start..<start + 4]
            let digits = group.prefix { $0 != 0x3d }
            let isLast = start + 4 == characters.count
            guard digits.count >= 2, digits.count == 4 || isLast,
                group.dropFirst(digits.count).allSatisfy({ $0 == 0x3d })
            else { return nil }
            var value = 0
            for digit in digits {
                guard let index = alphabet.firstIndex(of: digit) else { return nil }
                value = value << 6 | index
            }
            let spare = digits.count == 2 ? 4 : digits.count == 3 ? 2 : 0
            guard value & (1 << spare - 1) == 0 else { return nil }
            value >>= spare
            for shift in stride(from: 8 * (digits.count - 2), through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        return bytes
    }
}
