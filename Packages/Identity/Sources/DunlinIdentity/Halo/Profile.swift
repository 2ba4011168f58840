import DunlinEncoding
import DunlinObjects

/// What an identity says of itself, kept in its own space (its HALO).
/// - Source: `Docs/Spec/Identity.md`, "Profile".
public struct Profile: Hashable, Sendable {
    /// The type of the object that holds a profile.
    public static let type: UTF8String = "dunlin.profile"
    /// The profile has the same id in every HALO.
    public static let objectID = ObjectID(high: 0, low: 1)

    /// How others see the identity; 1 to 256 bytes of UTF-8.
    public var displayName: String
    /// Where a picture is: an object of the HALO, or nil.
    public var picture: ObjectID?
    /// Whatever else the identity says, by names of its choice.
    public var fields: [UTF8String: ObjectValue]
    /// Grows with each change, which ``Halo`` sees to: milliseconds since 1970, or one more than before.
    public internal(set) var serial: UInt64 = 0

    /// A profile with a name.
    public init(
        displayName: String, picture: ObjectID? = nil, fields: [UTF8String: ObjectValue] = [:]
    ) {
        self.displayName = displayName
        self.picture = picture
        self.fields = fields
    }

    /// Display names have at most 256 bytes and no control characters.
    public var isValid: Bool {
        displayName.utf8.count <= 256
            && !displayName.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }

    /// The profile as an object.
    public var value: ObjectValue {
        var value: [UTF8String: ObjectValue] = ["displayName": .string(UTF8String(displayName))]
        if let picture { value["picture"] = .bytes(picture.bytes) }
        if !fields.isEmpty { value["fields"] = .map(fields) }
        if serial > 0 { value["serial"] = .integer(Int64(clamping: serial)) }
        return .map(value)
    }

    /// Reads a profile from an object; nil when it has no name.
    public init?(_ value: ObjectValue) {
        guard case .string(let name)? = value["displayName"] else { return nil }
        displayName = name.string
        if case .bytes(let bytes)? = value["picture"] { picture = ObjectID(bytes: bytes) }
        fields = [:]
        if case .map(let fields)? = value["fields"] { self.fields = fields }
        if case .integer(let serial)? = value["serial"] { self.serial = UInt64(clamping: serial) }
    }
}
