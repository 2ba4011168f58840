import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct KeyringTests {
    static func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

    @Test func `records come back under the passphrase, and only under it`() throws {
        var random = SystemRandom()
        var keyring = try Keyring(passphrase: Self.secret("correct"), profile: .test, random: &random)
        try keyring.set("device", to: Self.secret("a secret"))
        try keyring.set("space", to: SecretBytes(copying: []))
        let file = try keyring.sealed(random: &random)
        let opened = try Keyring(opening: file, passphrase: Self.secret("correct"))
        #expect(opened["device"]?.copied() == Array("a secret".utf8))
        #expect(opened["space"]?.count == 0)
        #expect(throws: KeyringError.wrongPassphrase) {
            try Keyring(opening: file, passphrase: Self.secret("wrong"))
        }
    }

    @Test func `a new passphrase opens the same records and the old one does not`() throws {
        var random = SystemRandom()
        var keyring = try Keyring(passphrase: Self.secret("old"), profile: .test, random: &random)
        try keyring.set("x", to: Self.secret("1"))
        try keyring.setPassphrase(Self.secret("new"), profile: .test, random: &random)
        let file = try keyring.sealed(random: &random)
        #expect(try Keyring(opening: file, passphrase: Self.secret("new"))["x"]?.copied() == [0x31])
        #expect(throws: KeyringError.wrongPassphrase) {
            try Keyring(opening: file, passphrase: Self.secret("old"))
        }
    }

    @Test func `a header that asks for extreme memory is refused before any is taken`() throws {
        let header = CBORValue.fields([
            (1, .unsigned(1)), (2, .unsigned(1)), (3, .unsigned(3)), (4, .unsigned(1 << 40)),
            (5, .bytes([UInt8](repeating: 0, count: 16))), (6, .bytes([UInt8](repeating: 0, count: 24))),
        ]).encoded()
        let parts = [header, [UInt8](repeating: 0, count: 48), [UInt8](repeating: 0, count: 24), []]
        let checksum = Digest.blake2b(Array("dunlin/keyring/1".utf8), Array(parts.joined()))
        let file = CBORValue.fields([
            (1, .bytes(parts[0])), (2, .bytes(parts[1])), (3, .bytes(parts[2])), (4, .bytes(parts[3])),
            (5, checksum.encodedValue),
        ]).encoded()
        #expect(throws: KeyringError.extremeParameters(memoryByteCount: 1 << 40, passes: 3)) {
            try Keyring(opening: file, passphrase: Self.secret("x"))
        }
    }

    @Test func `a flipped bit anywhere is noticed`() throws {
        var random = SystemRandom()
        var keyring = try Keyring(passphrase: Self.secret("p"), profile: .test, random: &random)
        try keyring.set("x", to: Self.secret("1"))
        let file = try keyring.sealed(random: &random)
        for position in stride(from: 0, to: file.count, by: 17) {
            var changed = file
            changed[position] ^= 1
            #expect(throws: KeyringError.damaged, "byte \(position)") {
                try Keyring(opening: changed, passphrase: Self.secret("p"))
            }
        }
    }
}
