import DunlinEncoding
import DunlinKeys

/// The encryption around the blocks of a space's feeds.
/// - Source: `Docs/Spec/ContentKeys.md`, "Envelope".
public enum BlockEnvelope {
    /// Where a block stands; enters what is authenticated.
    public struct Place: Hashable, Sendable {
        /// The space that the feed belongs to.
        public var space: SpaceID
        /// The feed that the block is of.
        public var feed: PublicSigningKey
        /// The block's number in the feed, from 0.
        public var sequence: UInt64

        /// A place; it enters the associated data, so that no block opens at another.
        public init(space: SpaceID, feed: PublicSigningKey, sequence: UInt64) {
            self.space = space
            self.feed = feed
            self.sequence = sequence
        }

        var context: [UInt8] {
            var writer = ByteWriter()
            writer.raw(space.bytes)
            writer.raw(feed.bytes)
            writer.u64(sequence)
            return writer.bytes
        }
    }

    /// Whether the block is of type 0x00: readable with the space's secret alone.
    public static func isControlKeyed(_ block: [UInt8]) -> Bool { block.first == 0 }

    /// Seals under a content key: type 0x01.
    public static func seal(
        _ plaintext: [UInt8], at place: Place, key: ContentKey, random: inout some RandomSource
    ) throws(CredentialError) -> [UInt8] {
        let nonce = random.bytes(24)
        do {
            let sealed = try XChaChaPoly.seal(
                pad(plaintext), key: deriveKey(key.secret, "block", place.feed.bytes), nonce: nonce,
                associated: place.context + key.id.bytes)
            return [1] + key.id.bytes + nonce + sealed
        } catch { throw .key(error) }
    }

    /// Seals under the space's control key: type 0x00.
    public static func sealControl(
        _ plaintext: [UInt8], at place: Place, secret: SecretBytes, random: inout some RandomSource
    ) throws(CredentialError) -> [UInt8] {
        let nonce = random.bytes(24)
        do {
            let sealed = try XChaChaPoly.seal(
                pad(plaintext), key: deriveKey(secret, "control", place.feed.bytes), nonce: nonce,
                associated: place.context)
            return [0] + nonce + sealed
        } catch { throw .key(error) }
    }

    /// Opens a block of either type.
    /// - Throws: ``CredentialError/missingKey(_:)`` when its key may still come,
    ///   ``CredentialError/unreadable`` when nobody can read it.
    public static func open(
        _ block: [UInt8], at place: Place, keys: ContentKeys, secret: SecretBytes
    ) throws(CredentialError) -> [UInt8] {
        switch block.first {
        case 0:
            guard block.count > 25 else { throw .unreadable }
            return try open(
                block[25...], nonce: block[1..<25], key: deriveKey(secret, "control", place.feed.bytes),
                context: place.context)
        case 1:
            guard block.count > 57, let id = Digest(bytes: block[1..<33]) else { throw .unreadable }
            guard let key = keys[id] else { throw .missingKey(id) }
            return try open(
                block[57...], nonce: block[33..<57], key: deriveKey(key.secret, "block", place.feed.bytes),
                context: place.context + id.bytes)
        default: throw .unreadable
        }
    }

    private static func open(
        _ ciphertext: ArraySlice<UInt8>, nonce: ArraySlice<UInt8>, key: SecretBytes, context: [UInt8]
    ) throws(CredentialError) -> [UInt8] {
        do {
            let padded = try XChaChaPoly.open(
                Array(ciphertext), key: key, nonce: Array(nonce), associated: context)
            return try Padding.unpad(padded, blockSize: padded.count <= 1_024 ? 64 : 256)
        } catch { throw .unreadable }
    }

    /// To steps of 64 bytes up to 1 KiB, then of 256.
    private static func pad(_ plaintext: [UInt8]) -> [UInt8] {
        Padding.pad(plaintext, blockSize: plaintext.count < 1_024 ? 64 : 256)
    }
}
