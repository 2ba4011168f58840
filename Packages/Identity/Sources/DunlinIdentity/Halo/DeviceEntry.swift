import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects

/// What an identity notes about one of its devices. Which devices there are, credentials say.
/// - Source: `Docs/Spec/Identity.md`, "Devices".
public struct DeviceEntry: Hashable, Sendable {
    /// The type of the object that holds an entry.
    public static let type: UTF8String = "dunlin.device"

    /// The device.
    public var device: DeviceID
    /// How its owner calls it; at most 256 bytes of UTF-8.
    public var name: String
    /// The system it runs on, as it says; at most 256 bytes of UTF-8.
    public var platform: String
    /// When it was last open, in milliseconds since 1970 by its own clock; for display only.
    public var lastSeen: UInt64

    /// An entry for a device.
    public init(device: DeviceID, name: String, platform: String, lastSeen: UInt64) {
        self.device = device
        self.name = name
        self.platform = platform
        self.lastSeen = lastSeen
    }

    /// The object that holds the entry of a device.
    public static func objectID(of device: DeviceID) -> ObjectID { halo("device", device.bytes) }

    var fields: ObjectValue {
        .map([
            "device": .bytes(device.bytes), "name": .string(UTF8String(name)),
            "platform": .string(UTF8String(platform)), "lastSeen": .integer(Int64(clamping: lastSeen)),
        ])
    }

    /// nil when a field is missing or of another kind.
    init?(_ value: ObjectValue) {
        guard case .bytes(let bytes)? = value["device"], let device = DeviceID(bytes: bytes),
            case .string(let name)? = value["name"], case .string(let platform)? = value["platform"],
            case .integer(let lastSeen)? = value["lastSeen"]
        else { return nil }
        self.device = device
        self.name = name.string
        self.platform = platform.string
        self.lastSeen = UInt64(clamping: lastSeen)
    }
}

/// The first 16 bytes of H(kind, key): one object for each key, whoever makes it.
func halo(_ kind: String, _ key: [UInt8]) -> ObjectID {
    let bytes = Digest.blake2b(Array(kind.utf8), key).bytes
    func half(_ start: Int) -> UInt64 { bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) } }
    return ObjectID(high: half(0), low: half(8))
}
