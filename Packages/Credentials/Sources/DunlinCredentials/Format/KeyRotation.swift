import DunlinEncoding
import DunlinKeys

/// A content key sealed to one device: a tag to find one's own by, and the box.
public struct SealedKey: Hashable, Sendable {
    /// Boxes that one credential may carry.
    public static let countLimit = 1_400
    /// Boxes that one credential is given, so that there is room for what else it says.
    public static let batchLimit = 1_300

    /// The first 8 bytes of H(box key || key id).
    public var tag: [UInt8]
    /// The secret, sealed to the box key of one device.
    public var box: [UInt8]

    var encodedValue: CBORValue { .array([.bytes(tag), .bytes(box)]) }

    init(tag: [UInt8], box: [UInt8]) {
        self.tag = tag
        self.box = box
    }

    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 2)
        tag = try parts[0].asBytes(count: 8)
        box = try parts[1].asBytes(count: 80)
    }
}

/// A content key encrypted under a newer one.
public struct WrappedKey: Hashable, Sendable {
    /// Wrapped keys that one credential may carry.
    public static let countLimit = 4_096

    /// The id of the key that is wrapped.
    public var id: Digest
    /// 24 bytes, random for each wrapping.
    public var nonce: [UInt8]
    /// The wrapped key with its tag; 48 bytes.
    public var ciphertext: [UInt8]

    var encodedValue: CBORValue { .array([id.encodedValue, .bytes(nonce), .bytes(ciphertext)]) }

    init(id: Digest, nonce: [UInt8], ciphertext: [UInt8]) {
        self.id = id
        self.nonce = nonce
        self.ciphertext = ciphertext
    }

    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 3)
        id = try Digest(parts[0])
        nonce = try parts[1].asBytes(count: 24)
        ciphertext = try parts[2].asBytes(count: 48)
    }
}

/// A new content key: sealed to the devices that are to have it, with older keys wrapped under it.
/// - Source: `Docs/Spec/ContentKeys.md`.
public struct KeyRotation: Hashable, Sendable {
    /// The new key's id, which commits to it.
    public var key: Digest
    /// Older keys, for those who know the new one.
    public var wrapped: [WrappedKey]
    /// The new key for each recipient.
    public var sealed: [SealedKey]

    /// A rotation of parts that were made elsewhere.
    public init(key: Digest, wrapped: [WrappedKey], sealed: [SealedKey]) {
        self.key = key
        self.wrapped = wrapped
        self.sealed = sealed
    }

    /// A rotation to a new key.
    /// - Parameters:
    ///   - boxes: of all who are to read what is written from now on; no more than
    ///     ``SealedKey/batchLimit`` are taken, and the others are to be given the key in a key.share.
    ///   - older: keys that they are to have too, the most needed first; no more than fit are taken, and a
    ///     later rotation takes the rest.
    ///   - cutCount: Cuts in the same credential; they take of the room.
    public init(
        to key: ContentKey, sealedTo boxes: [AgreementPublicKey], wrapping older: [ContentKey],
        space: SpaceID, besides cutCount: Int = 0, random: inout some RandomSource
    ) throws(KeyError) {
        self.key = key.id
        // A credential has at most 128 KiB, of which a box takes 93, a wrapped key 111 and a cut 80.
        var room = max(0, (120 << 10) - cutCount * FeedCut.byteLimit)
        sealed = try key.sealed(
            to: Array(boxes.prefix(min(SealedKey.batchLimit, room / 93))), random: &random)
        wrapped = []
        room -= sealed.count * 93
        for item in older.prefix(min(room / 111, WrappedKey.countLimit)) where item.id != key.id {
            wrapped.append(try key.wrap(item, space: space, random: &random))
        }
    }

    var encodedValue: CBORValue { CBORValue.fields(fields) }

    var fields: [(UInt64, CBORValue?)] {
        [
            (1, key.encodedValue), (2, .array(wrapped.map(\.encodedValue))),
            (3, .array(sealed.map(\.encodedValue))),
        ]
    }

    init(_ value: CBORValue) throws(CBORError) {
        var fields = try CBORFields(value)
        try self.init(&fields)
        try fields.finish()
    }

    init(_ fields: inout CBORFields) throws(CBORError) {
        key = try Digest(fields.value(1))
        wrapped = []
        for item in try fields.array(2, atMost: WrappedKey.countLimit) {
            wrapped.append(try WrappedKey(item))
        }
        sealed = []
        for item in try fields.array(3, atMost: SealedKey.countLimit) { sealed.append(try SealedKey(item)) }
    }
}
