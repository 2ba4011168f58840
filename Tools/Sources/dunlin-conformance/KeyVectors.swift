import DunlinEncoding
import DunlinKeys

extension Vector {
    var bytes: [UInt8] {
        get throws { try Hex.decode(string) }
    }

    var secret: SecretBytes {
        get throws { SecretBytes(copying: try bytes) }
    }
}

enum EncodingVectors {
    static func cbor(_ file: VectorFile, _ tally: inout Tally) throws {
        let json = try file.json()
        for vector in try json["vectors"].items {
            let bytes = try vector["hex"].bytes
            let value = try? CBORValue(decoding: bytes)
            let accept = try vector["profile_accept"].flag
            tally.expect((value != nil) == accept, "\(vector.name): acceptance")
            if let value { tally.expect(value.encoded() == bytes, "\(vector.name): encodes to other bytes") }
        }
        for vector in try json["malformed"].items {
            let bytes = try vector["hex"].bytes
            tally.expect((try? CBORValue(decoding: bytes)) == nil, "\(vector.name): accepted")
        }
    }
}

enum KeyVectors {
    static func wordList(_ file: VectorFile, _ tally: inout Tally) throws {
        let words = try file.text().split(separator: "\n")
        tally.expect(words.count == 2_048, "\(words.count) words")
        // Each word stands at its number: entropy that is all one index spells it.
        for (index, word) in words.enumerated() {
            var bits: [Bool] = []
            for _ in 0..<12 {
                for shift in stride(from: 10, through: 0, by: -1) { bits.append(index >> shift & 1 == 1) }
            }
            let entropy = stride(from: 0, to: 128, by: 8).map { start in
                bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
            }
            let phrase = try SeedPhrase(entropy: SecretBytes(copying: entropy))
            tally.expect(phrase.words[0] == word, "word \(index)")
        }
    }

    static func phrases(_ file: VectorFile, _ tally: inout Tally) throws {
        let json = try file.json()
        for vector in try json["vectors"].items {
            let phrase = try? SeedPhrase(entropy: vector["entropy"].secret)
            tally.expect(
                phrase?.words.joined(separator: " ") == (try vector["mnemonic"].string),
                "\(vector.name): words")
            let seed = phrase?.seed(passphrase: try json["passphrase"].string).copied()
            tally.expect(seed == (try vector["seed"].bytes), "\(vector.name): seed")
            tally.expect(
                (try? SeedPhrase(parsing: vector["mnemonic"].string)) != nil, "\(vector.name): parsing")
        }
        for vector in try json["invalid"].items {
            let text = try vector["mnemonic"].string
            tally.expect((try? SeedPhrase(parsing: text)) == nil, "\(vector.name): accepted")
        }
    }

    static func didKeys(_ file: VectorFile, _ tally: inout Tally) throws {
        let json = try file.json()
        for vector in try json["vectors"].items {
            let key = try PublicSigningKey(bytes: vector["ed25519_public"].bytes)
            let did = try vector["did"].string
            tally.expect(key.map(DIDKey.encode) == did, "\(vector.name): text")
            tally.expect((try? DIDKey.decode(did)) == key, "\(vector.name): key")
            if let seed = vector.optional("seed") {
                tally.expect(try SigningKey(seed: seed.secret).publicKey == key, "\(vector.name): seed")
            }
        }
        for vector in try json["invalid"].items {
            let text = try vector["did"].string
            tally.expect((try? DIDKey.decode(text)) == nil, "\(vector.name): accepted")
        }
    }
}

enum WycheproofVectors {
    static func ed25519(_ file: VectorFile, _ tally: inout Tally) throws {
        for group in try file.json()["groups"].items {
            let key = try PublicSigningKey(bytes: group["pk"].bytes)
            for test in try group["tests"].items {
                let signature = Signature(bytes: try test["sig"].bytes)
                let message = try test["msg"].bytes
                let holds =
                    signature.flatMap { signature in key?.verifyBare(signature, over: message) } ?? false
                tally.expect(holds == (try test["result"].string == "valid"), "\(test.name)")
            }
        }
    }

    static func x25519(_ file: VectorFile, _ tally: inout Tally) throws {
        for test in try file.json()["tests"].items {
            let key = try AgreementKey(seed: test["private"].secret)
            let other = try AgreementPublicKey(bytes: test["public"].bytes)
            let shared = other.flatMap { try? key.shared(with: $0).copied() }
            if try test["libsodium_rejects"].flag {
                tally.expect(shared == nil, "\(test.name): accepted")
            } else {
                tally.expect(shared == (try test["shared"].bytes), "\(test.name): shared key")
            }
        }
    }

    static func xchacha(_ file: VectorFile, _ tally: inout Tally) throws {
        for test in try file.json()["tests"].items {
            let sealed = try test["ct"].bytes + test["tag"].bytes
            let plain = try? XChaChaPoly.open(
                sealed, key: test["key"].secret, nonce: test["iv"].bytes, associated: test["aad"].bytes)
            let isValid = try test["result"].string == "valid"
            tally.expect(plain == (isValid ? try test["msg"].bytes : nil), "\(test.name): opening")
            guard isValid else { continue }
            let again = try XChaChaPoly.seal(
                test["msg"].bytes, key: test["key"].secret, nonce: test["iv"].bytes,
                associated: test["aad"].bytes)
            tally.expect(again == sealed, "\(test.name): sealing")
        }
    }
}
