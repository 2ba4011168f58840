import DunlinKeys

/// How much of a space's credentials is named as parents, and given to newcomers.
///
/// What a credential names is in its past for ever, and one with too much in its past is not valid. Whoever
/// is a member may sign as many credentials as it likes: named by honest members, they would end the space.
/// So once there are many, those of who signed many more than its role needs are not named any more.
/// - Source: `Docs/Spec/Credentials.md`, "What is named".
struct NamingRoom: Sendable {
    /// Credentials and their bytes.
    struct Load: Sendable {
        var count = 0
        var byteCount = 0

        mutating func add(_ credential: Credential) {
            count += 1
            byteCount += credential.encoded.count
        }

        func isWithin(_ other: Load) -> Bool { count <= other.count && byteCount <= other.byteCount }

        static func + (a: Load, b: Load) -> Load {
            Load(count: a.count + b.count, byteCount: a.byteCount + b.byteCount)
        }
    }

    /// Up to here everything is named.
    var everything = Load(count: 16_384, byteCount: 16 << 20)
    /// Beyond it, from one member that is no admin.
    var ofMember = Load(count: 4_096, byteCount: 4 << 20)
    /// Beyond it, together; a fourth of what a past may hold and an invitation give is left for what must be
    /// named all the same.
    var together = Load(count: 49_152, byteCount: 48 << 20)
    /// Heads that are looked at; the deepest.
    static let candidateLimit = 256
}
