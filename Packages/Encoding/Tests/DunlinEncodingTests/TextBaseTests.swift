import DunlinEncoding
import Testing

@Suite struct TextBaseTests {
    /// RFC 4648 section 10 (in lower case, without padding), RFC 9285 section 4.3 and 4.4.
    @Test(arguments: [
        ("", ""), ("f", "my"), ("fo", "mzxq"), ("foo", "mzxw6"), ("foob", "mzxw6yq"),
        ("fooba", "mzxw6ytb"), ("foobar", "mzxw6ytboi"),
    ])
    func `base 32 follows RFC 4648`(plain: String, text: String) throws {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(try Base32.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        ("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"),
    ])
    func `base 45 follows RFC 9285`(plain: String, text: String) throws {
        #expect(Base45.encode(Array(plain.utf8)) == text)
        #expect(try Base45.decode(text) == Array(plain.utf8))
    }

    @Test func `base 58 keeps leading zeros`() throws {
        #expect(Base58.encode([0, 0, 1]) == "112")
        #expect(try Base58.decode("112") == [0, 0, 1])
        #expect(Base58.encode(Array("Hello World!".utf8)) == "2NEpo7TZRRrLZSi2U")
    }

    @Test func `characters outside an alphabet and spare bits are refused`() {
        #expect(throws: BaseError.self) { try Base32.decode("M") }
        #expect(throws: BaseError.self) { try Base32.decode("mz") }
        #expect(throws: BaseError.self) { try Base45.decode("GGW") }
        #expect(throws: BaseError.self) { try Base58.decode("0") }
        #expect(throws: BaseError.self) { try Hex.decode("0g") }
    }
}
