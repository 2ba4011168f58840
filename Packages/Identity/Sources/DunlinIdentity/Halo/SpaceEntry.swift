import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects

/// A space that the identity belongs to: what a device of it needs to find it and come in.
/// - Source: `Docs/Spec/Identity.md`, "Spaces".
public struct SpaceEntry: Sendable {
    /// The type of the object that holds an entry.
    public static let type: UTF8String = "dunlin.space"

    /// The space.
    public var space: SpaceID
    /// Its name when the entry was made.
    public var name: String
    /// Its secret.
    public var secret: SecretBytes
    /// Its first credential.
    public var genesis: CredentialID
    /// The identity's admission to it.
    public var admission: CredentialID
    /// The identity has left it, or was taken out.
    public var isLeft: Bool

    /// The object that holds the entry of a space.
    static func objectID(of space: SpaceID) -> ObjectID { halo("space", space.bytes) }

    /// The entry as fields, its secret sealed under the HALO's: rows of objects lie open on the disk.
    func fields(
        under haloSecret: SecretBytes, random: inout some RandomSource
    ) throws(KeyError) -> ObjectValue {
        let nonce = random.bytes(XChaChaPoly.nonceByteCount)
        let sealed = try XChaChaPoly.seal(
            secret: secret, key: deriveKey(haloSecret, "spaces"), nonce: nonce, associated: space.bytes)
        return .map([
            "space": .bytes(space.bytes), "name": .string(UTF8String(name)), "secret": .bytes(nonce + sealed),
            "genesis": .bytes(genesis.bytes), "admission": .bytes(admission.bytes), "left": .bool(isLeft),
        ])
    }

    init(
        space: SpaceID, name: String, secret: SecretBytes, genesis: CredentialID, admission: CredentialID,
        isLeft: Bool
    ) {
        self.space = space
        self.name = name
        self.secret = secret
        self.genesis = genesis
        self.admission = admission
        self.isLeft = isLeft
    }

    /// nil when a field is missing or of another kind, or the secret does not open.
    init?(_ value: ObjectValue, under haloSecret: SecretBytes) {
        func bytes(_ key: UTF8String) -> [UInt8]? {
            guard case .bytes(let bytes)? = value[key] else { return nil }
            return bytes
        }
        let nonceCount = XChaChaPoly.nonceByteCount
        guard let space = bytes("space").flatMap({ SpaceID(bytes: $0) }),
            case .string(let name)? = value["name"],
            let sealed = bytes("secret"), sealed.count > nonceCount,
            let genesis = bytes("genesis").flatMap({ CredentialID(bytes: $0) }),
            let admission = bytes("admission").flatMap({ CredentialID(bytes: $0) }),
            case .bool(let isLeft)? = value["left"],
            let secret = try? XChaChaPoly.openSecret(
                Array(sealed[nonceCount...]), key: deriveKey(haloSecret, "spaces"),
                nonce: Array(sealed[..<nonceCount]), associated: space.bytes)
        else { return nil }
        self.init(
            space: space, name: name.string, secret: secret, genesis: genesis, admission: admission,
            isLeft: isLeft)
    }
}

/// The keys that a device will use in a space of the identity: another device that is there lets it in.
struct ArrivalEntry: Sendable {
    static let type: UTF8String = "dunlin.arrival"

    var space: SpaceID
    var device: DeviceID
    var binding: DeviceBinding

    var objectID: ObjectID { halo("arrival", space.bytes + device.bytes) }

    var fields: ObjectValue {
        .map([
            "space": .bytes(space.bytes), "device": .bytes(device.bytes),
            "binding": .bytes(binding.encodedValue.encoded()),
        ])
    }

    init(space: SpaceID, device: DeviceID, binding: DeviceBinding) {
        self.space = space
        self.device = device
        self.binding = binding
    }

    init?(_ value: ObjectValue) {
        guard case .bytes(let spaceBytes)? = value["space"], let space = SpaceID(bytes: spaceBytes),
            case .bytes(let deviceBytes)? = value["device"], let device = DeviceID(bytes: deviceBytes),
            case .bytes(let bytes)? = value["binding"], let decoded = try? CBORValue(decoding: bytes),
            let binding = try? DeviceBinding(decoded), binding.space == space, binding.isSigned(by: device)
        else { return nil }
        self.init(space: space, device: device, binding: binding)
    }
}
