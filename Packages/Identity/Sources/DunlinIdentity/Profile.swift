import DunlinEncoding
import DunlinObjects

/// What an identity says of itself, kept in its own space (its HALO).
public struct Profile: Hashable, Sendable {
    public static let type: UTF8String = "dunlin.profile"

    public var displayName: String

    public init(displayName: String) { self.displayName = displayName }

    /// Display names have at most 256 bytes and no control characters.
    public var isValid: Bool {
        displayName.utf8.count <= 256
            && !displayName.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
    }

    public var fields: ObjectValue { .map(["displayName": .string(UTF8String(displayName))]) }

    public init?(_ value: ObjectValue) {
        guard case .string(let name)? = value["displayName"] else { return nil }
        displayName = name.string
    }
}
