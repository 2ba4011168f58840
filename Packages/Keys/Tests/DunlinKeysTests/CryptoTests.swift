import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct CryptoTests {
    @Test func `a signature holds for its bytes, key and purpose alone`() throws {
        var random = SeededRandom(seed: 1)
        let key = try SigningKey.make(random: &random), other = try SigningKey.make(random: &random)
        let signature = try key.sign([1, 2, 3], purpose: .head)
        #expect(key.publicKey.verify(signature, over: [1, 2, 3], purpose: .head))
        #expect(!key.publicKey.verify(signature, over: [1, 2, 3], purpose: .cred))
        #expect(!key.publicKey.verify(signature, over: [1, 2], purpose: .head))
        #expect(!other.publicKey.verify(signature, over: [1, 2, 3], purpose: .head))
    }

    @Test func `a sealed box opens with its key alone and is libsodium's format`() throws {
        var random = SeededRandom(seed: 2)
        let key = try AgreementKey.make(random: &random), other = try AgreementKey.make(random: &random)
        let sealed = try SealedBox.seal(SecretBytes(copying: [9, 8, 7]), to: key.publicKey, random: &random)
        #expect(sealed.count == 3 + SealedBox.overheadByteCount)
        #expect(try SealedBox.open(sealed, with: key).copied() == [9, 8, 7])
        #expect(throws: KeyError.authenticationFailed) { try SealedBox.open(sealed, with: other) }
    }

    @Test func `keys of small order are refused`() throws {
        var random = SeededRandom(seed: 3)
        let key = try AgreementKey.make(random: &random)
        for point in [[UInt8](repeating: 0, count: 32), [1] + [UInt8](repeating: 0, count: 31)] {
            let bad = try #require(AgreementPublicKey(bytes: point))
            #expect(throws: KeyError.badPoint) { try key.shared(with: bad) }
        }
    }

    @Test(arguments: [0, 1, 63, 64, 65, 1000]) func `padding comes off again`(count: Int) throws {
        let bytes = [UInt8](repeating: 0, count: count)
        let padded = Padding.pad(bytes, blockSize: 64)
        #expect(padded.count.isMultiple(of: 64) && padded.count > count)
        #expect(try Padding.unpad(padded, blockSize: 64) == bytes)
        var bad = padded
        bad[count] = 0x81
        #expect(throws: KeyError.badPadding) { try Padding.unpad(bad, blockSize: 64) }
    }

    @Test func `ciphertexts open only as they were sealed`() throws {
        let key = SecretBytes(copying: [UInt8](repeating: 5, count: 32))
        let nonce = [UInt8](repeating: 6, count: 24)
        let sealed = try XChaChaPoly.seal([1, 2, 3], key: key, nonce: nonce, associated: [4])
        #expect(try XChaChaPoly.open(sealed, key: key, nonce: nonce, associated: [4]) == [1, 2, 3])
        #expect(throws: KeyError.authenticationFailed) {
            try XChaChaPoly.open(sealed, key: key, nonce: nonce, associated: [5])
        }
    }

    @Test func `a seeded source repeats itself and the bytes differ from call to call`() {
        var first = SeededRandom(seed: 4), second = SeededRandom(seed: 4)
        let bytes = first.bytes(40)
        #expect(bytes == second.bytes(40))
        #expect(bytes != first.bytes(40))
    }
}
