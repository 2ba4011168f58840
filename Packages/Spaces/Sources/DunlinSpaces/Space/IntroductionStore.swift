import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// What is stored of credentials that came ahead of their feeds: what a newcomer was given first, then what
/// others have shown, each under a key of its own. When all of it stands in feeds that others read, the
/// genesis is left, which names the first of these, and what content keys come from: a feed may be named in
/// one that is opened by a key which it holds itself.
struct IntroductionStore: Sendable {
    /// Bytes of credentials that are kept, with 80 for each: twice of what an invitation may give.
    static let byteLimit = 128 << 20

    private(set) var count = 0
    private(set) var byteCount = 0

    /// Credentials that are stored.
    private(set) var entryCount = 0
    /// So many credentials were known when it was last looked at what may go.
    var checkedCredentialCount = 0

    static func key(_ number: Int) -> String { number == 0 ? "admission" : "admission/\(number)" }

    /// Whether there is room for more.
    func hasRoom(for entries: [AdmissionBundle.Entry]) -> Bool {
        byteCount + Self.byteCount(of: entries) <= Self.byteLimit
    }

    /// Counts what will be stored.
    /// - Returns: the key to store it under.
    mutating func append(_ entries: [AdmissionBundle.Entry]) -> String {
        defer { count += 1 }
        entryCount += entries.count
        byteCount += Self.byteCount(of: entries)
        return Self.key(count)
    }

    /// Leaves some credentials alone.
    /// - Returns: the keys in use, and what is to be stored under them.
    mutating func reduce(to entries: [AdmissionBundle.Entry]) -> [(key: String, value: [UInt8]?)] {
        let keys = (0..<count).map(Self.key)
        let checked = checkedCredentialCount
        self = IntroductionStore()
        checkedCredentialCount = checked
        _ = append(entries)
        return keys.map { ($0, $0 == Self.key(0) ? Self.encoded(entries) : nil) }
    }

    /// Reads everything that is stored.
    mutating func load(
        _ metadata: (String) throws(SpaceError) -> [UInt8]?
    ) throws(SpaceError) -> [AdmissionBundle.Entry] {
        var all: [AdmissionBundle.Entry] = []
        while let bytes = try metadata(Self.key(count)) {
            let entries: [AdmissionBundle.Entry]
            do throws(CBORError) { entries = try Self.decoded(bytes) } catch {
                throw .damagedMetadata(key: Self.key(count))
            }
            _ = append(entries)
            all += entries
        }
        return all
    }

    private static func byteCount(of entries: [AdmissionBundle.Entry]) -> Int {
        entries.reduce(0) { $0 + $1.credential.count + 80 }
    }

    static func encoded(_ entries: [AdmissionBundle.Entry]) -> [UInt8] {
        CBORValue.array(
            entries.map { .array([$0.feed.encodedValue, .unsigned($0.sequence), .bytes($0.credential)]) }
        ).encoded()
    }

    private static func decoded(_ bytes: [UInt8]) throws(CBORError) -> [AdmissionBundle.Entry] {
        try CBORValue(decoding: bytes, limits: .userData).asArray().map { (item) throws(CBORError) in
            let parts = try item.asArray(count: 3)
            return AdmissionBundle.Entry(
                feed: try PublicSigningKey(parts[0]), sequence: try parts[1].asUnsigned(),
                credential: try parts[2].asBytes())
        }
    }
}
