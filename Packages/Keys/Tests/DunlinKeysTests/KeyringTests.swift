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

    @Test func `a new passphrase wraps the key anew and leaves the sealed records as they are`() throws {
        var random = SystemRandom()
        var keyring = try Keyring(passphrase: Self.secret("old"), profile: .test, random: &random)
        try keyring.set("x", to: Self.secret("1"))
        let before = try CBORFields.all(keyring.sealed(random: &random))
        #expect(throws: KeyringError.wrongPassphrase) {
            try keyring.changePassphrase(from: Self.secret("new"), to: Self.secret("other"), random: &random)
        }
        #expect(try CBORFields.all(keyring.sealed(random: &random)) == before)
        try keyring.changePassphrase(from: Self.secret("old"), to: Self.secret("new"), random: &random)
        let file = try keyring.sealed(random: &random)
        let after = try CBORFields.all(file)
        #expect(after[0] != before[0] && after[1] != before[1])
        #expect(after[2...3] == before[2...3])
        #expect(try Keyring(opening: file, passphrase: Self.secret("new"))["x"]?.copied() == [0x31])
        #expect(throws: KeyringError.wrongPassphrase) {
            try Keyring(opening: file, passphrase: Self.secret("old"))
        }
        // Of one that was opened, too.
        var opened = try Keyring(opening: file, passphrase: Self.secret("new"))
        try opened.changePassphrase(from: Self.secret("new"), to: Self.secret("newer"), random: &random)
        #expect(try CBORFields.all(opened.sealed(random: &random))[2...3] == before[2...3])
        try opened.set("x", to: Self.secret("2"))
        #expect(try CBORFields.all(opened.sealed(random: &random))[2...3] != before[2...3])
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

extension CBORFields {
    /// The byte strings of fields 1 to 4.
    static func all(_ file: [UInt8]) throws -> [[UInt8]] {
        var fields = try CBORFields(CBORValue(decoding: file))
        return try (1...4).map { try fields.bytes($0, atMost: 1 << 20) }
    }
}
