import DunlinEncoding
import DunlinObjects

/// What an identity says of itself, kept in its own space (its HALO).
public struct Profile: Hashable, Sendable {
    /// The type of the object that holds a profile.
    public static let type: UTF8String = "dunlin.profile"

    /// How others see the identity; 1 to 256 bytes of UTF-8.
    public var displayName: String

    /// A profile with a name.
    public init(displayName: String) { self.displayName = displayName }

    /// Display names have at most 256 bytes and no control characters.
    public var isValid: Bool {
        displayName.utf8.count <= 256
            && !displayName.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }

    /// The profile as fields of an object.
    public var fields: ObjectValue { .map(["displayName": .string(UTF8String(displayName))]) }

    /// Reads a profile from the fields of an object; nil when it has no name.
    public init?(_ value: ObjectValue) {
        guard case .string(let name)? = value["displayName"] else { return nil }
        displayName = name.string
    }
}
