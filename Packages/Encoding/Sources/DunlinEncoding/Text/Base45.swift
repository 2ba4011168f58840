/// Base 45: what QR codes carry in their alphanumeric mode.
/// - Source: RFC 9285.
public enum Base45 {
    /// Three characters for two bytes, two for a last single one; made for QR codes.
    public static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for index in stride(from: 0, to: bytes.count, by: 2) {
            if index + 1 < bytes.count {
                let value = Int(bytes[index]) << 8 | Int(bytes[index + 1])
                text += [alphabet[value % 45], alphabet[value / 45 % 45], alphabet[value / 2025]]
            } else {
                let value = Int(bytes[index])
                text += [alphabet[value % 45], alphabet[value / 45]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Throws: ``BaseError`` for other characters, or groups that no bytes give.
    public static func decode(_ text: String) throws(BaseError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count % 3 != 1 else { throw .badLength(characters.count) }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: characters.count, by: 3) {
            let first = try digit(characters, index)
            let second = try digit(characters, index + 1)
            guard index + 2 < characters.count else {
                guard first + 45 * second <= 0xff else { throw .badCharacter(at: index) }
                bytes.append(UInt8(first + 45 * second))
                break
            }
            let value = first + 45 * second + 2025 * (try digit(characters, index + 2))
            guard value <= 0xffff else { throw .badCharacter(at: index) }
            bytes += [UInt8(value >> 8), UInt8(value & 0xff)]
        }
        return bytes
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".utf8)

    private static func digit(_ characters: [UInt8], _ index: Int) throws(BaseError) -> Int {
        guard let digit = alphabet.firstIndex(of: characters[index]) else { throw .badCharacter(at: index) }
        return digit
    }
}
