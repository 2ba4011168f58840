/// Base 16 in lower case; decoding also takes upper case.
public enum Hex {
    /// Two small letters or digits for each byte.
    public static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Throws: ``BaseError`` for other characters, or an odd number of them.
    public static func decode(_ text: String) throws(BaseError) -> [UInt8] {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 2) else { throw .badLength(characters.count) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 2)
        for index in stride(from: 0, to: characters.count, by: 2) {
            bytes.append(try digit(characters, index) << 4 | digit(characters, index + 1))
        }
        return bytes
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func digit(_ characters: [UInt8], _ index: Int) throws(BaseError) -> UInt8 {
        switch characters[index] {
        case let c where (0x30...0x39).contains(c): return c - 0x30
        case let c where (0x61...0x66).contains(c): return c - 0x57
        case let c where (0x41...0x46).contains(c): return c - 0x37
        default: throw .badCharacter(at: index)
        }
    }
}
