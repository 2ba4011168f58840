import CSodium
import DunlinEncoding

/// What a signature is for. The purpose is signed with the bytes, so that no signature serves for another.
public enum SignaturePurpose: String, CaseIterable, Sendable {
    case cred, cert, head, invite, bind, attest, relay, peer, bundle, presentation, card

    var prefix: [UInt8] { Array("dunlin/1/\(rawValue)".utf8) + [0] }
}

/// An Ed25519 public key: 32 bytes.
public struct PublicSigningKey: FixedBytes32 {
    /// The 32 bytes.
    public let raw: Bytes32
    /// A key of any 32 bytes; with one that is no point nothing verifies.
    public init(raw: Bytes32) { self.raw = raw }

    /// Whether `signature` is this key's over `bytes` for `purpose`.
    public func verify(_ signature: Signature, over bytes: [UInt8], purpose: SignaturePurpose) -> Bool {
        verifyBare(signature, over: purpose.prefix + bytes)
    }

    /// Plain Ed25519 without a purpose; only for foreign formats and test vectors.
    public func verifyBare(_ signature: Signature, over bytes: [UInt8]) -> Bool {
        Sodium.start()
        return unsafe crypto_sign_verify_detached(
            signature.bytes, bytes, UInt64(bytes.count), raw.bytes) == 0
    }
}

/// An Ed25519 signature: 64 bytes.
public struct Signature: Hashable, Sendable {
    /// The first 32 bytes, a point.
    public let first: Bytes32
    /// The last 32 bytes, a scalar.
    public let second: Bytes32

    /// A signature of 64 bytes; nil for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 64, let first = Bytes32(bytes.prefix(32)),
            let second = Bytes32(bytes.dropFirst(32))
        else { return nil }
        self.first = first
        self.second = second
    }

    /// Reads a byte string of 64 bytes.
    /// - Throws: ``CBORError`` for anything else.
    public init(_ value: CBORValue) throws(CBORError) {
        let bytes = try value.asBytes(count: 64)
        guard let signature = Signature(bytes: bytes) else {
            throw .wrongLength(expected: 64, found: bytes.count)
        }
        self = signature
    }

    /// The 64 bytes.
    public var bytes: [UInt8] { first.bytes + second.bytes }
    /// The bytes as a CBOR byte string.
    public var encodedValue: CBORValue { .bytes(bytes) }
}

/// An Ed25519 key pair, the secret in locked memory.
public struct SigningKey: Sendable {
    /// The public half.
    public let publicKey: PublicSigningKey
    /// The 32-byte seed; what a keyring stores.
    public let seed: SecretBytes
    private let secret: SecretBytes

    /// - Throws: ``KeyError/wrongLength(expected:found:)`` unless the seed has 32 bytes.
    public init(seed: SecretBytes) throws(KeyError) {
        guard seed.count == 32 else { throw .wrongLength(expected: 32, found: seed.count) }
        self.seed = seed
        var publicBytes = [UInt8](repeating: 0, count: 32)
        secret = unsafe SecretBytes(count: 64) { output in
            unsafe crypto_sign_seed_keypair(
                &publicBytes, output, seed.pointer)
        }
        guard let key = PublicSigningKey(bytes: publicBytes) else { throw .unavailable }
        publicKey = key
    }

    /// A fresh key.
    public static func make(random: inout some RandomSource) throws(KeyError) -> SigningKey {
        try SigningKey(seed: random.secret(32))
    }

    /// Signs bytes for a purpose: the signature counts for no other.
    /// - Throws: ``KeyError``.
    public func sign(_ bytes: [UInt8], purpose: SignaturePurpose) throws(KeyError) -> Signature {
        try signBare(purpose.prefix + bytes)
    }

    /// Plain Ed25519 without a purpose; only for foreign formats and test vectors.
    public func signBare(_ bytes: [UInt8]) throws(KeyError) -> Signature {
        var output = [UInt8](repeating: 0, count: 64)
        unsafe crypto_sign_detached(&output, nil, bytes, UInt64(bytes.count), secret.pointer)
        guard let signature = Signature(bytes: output) else { throw .unavailable }
        return signature
    }
}
