/// Base 58 with Bitcoin's alphabet, as did:key uses it.
/// - Complexity: O(*n*²); for keys and hashes, not for documents.
public enum Base58 {
    /// With the alphabet of Bitcoin.
    /// - Complexity: O(*n*²); meant for keys.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        let zeros = bytes.prefix { $0 == 0 }.count
        var digits: [UInt8] = []
        for byte in bytes.dropFirst(zeros) {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let text = Array(repeating: alphabet[0], count: zeros) + digits.reversed().map { alphabet[Int($0)] }
        return String(decoding: text, as: UTF8.self)
    }

    /// - Throws: ``BaseError`` for other characters.
    /// - Complexity: O(*n*²); meant for keys.
    public static func decode(_ text: String) throws(BaseError) -> [UInt8] {
        let characters = Array(text.utf8)
        let zeros = characters.prefix { $0 == alphabet[0] }.count
        var bytes: [UInt8] = []
        for index in zeros..<characters.count {
            guard let digit = alphabet.firstIndex(of: characters[index]) else {
                throw .badCharacter(at: index)
            }
            var carry = digit
            for position in bytes.indices {
                carry += Int(bytes[position]) * 58
                bytes[position] = UInt8(carry & 0xff)
                carry >>= 8
            }
            while carry > 0 {
                bytes.append(UInt8(carry & 0xff))
                carry >>= 8
            }
        }
        return Array(repeating: 0, count: zeros) + bytes.reversed()
    }

    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)
}
