import DunlinKeyStoreFile
import DunlinKeys
import Foundation
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        var random = SystemRandom()
        let phrase = try SeedPhrase.make(random: &random)
        let keys = try IdentityKeys(phrase)
        let signature = try keys.signing.sign([1, 2, 3], purpose: .peer)
        #expect(keys.signing.publicKey.verify(signature, over: [1, 2, 3], purpose: .peer))
        #expect(try DIDKey.decode(DIDKey.encode(keys.signing.publicKey)) == keys.signing.publicKey)

        let path = FileManager.default.temporaryDirectory.appendingPathComponent("keyring-\(UUID())").path
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let better = SecretBytes(copying: Array("battery staple".utf8))
        let store = try FileKeyStore.create(at: path, passphrase: passphrase, profile: .phone)
        try store.change([.set("device", SigningKey.make(random: &random).seed), .remove("join/1")])
        try store.changePassphrase(from: passphrase, to: better)
        let opened: any KeyStore = try FileKeyStore.open(at: path, passphrase: better)
        #expect(try opened.names() == ["device"])
        try opened.erase()
    }
}
