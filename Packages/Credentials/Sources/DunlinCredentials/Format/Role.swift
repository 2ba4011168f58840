/// What a member may do, from least to most.
public enum Role: UInt64, Hashable, Sendable, Comparable, CaseIterable, CustomStringConvertible {
    case reader = 1
    case editor = 2
    case admin = 3

    /// By what a role allows: a reader less than an editor, an editor less than an admin.
    public static func < (a: Role, b: Role) -> Bool { a.rawValue < b.rawValue }

    /// The role's name, as commands take it.
    public var description: String {
        switch self {
        case .reader: "reader"
        case .editor: "editor"
        case .admin: "admin"
        }
    }

    /// Reads ``description``; nil for anything else.
    public init?(_ name: String) {
        guard let role = Role.allCases.first(where: { $0.description == name }) else { return nil }
        self = role
    }
}
