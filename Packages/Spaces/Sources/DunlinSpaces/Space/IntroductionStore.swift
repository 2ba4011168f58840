import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// What is stored of credentials that came ahead of their feeds: what a newcomer was given first, then what
/// others have shown, each under a key of its own. When all of it stands in feeds that others read, these
/// feeds are kept instead: each may hold the key, or the admission, without which another cannot be read.
struct IntroductionStore: Sendable {
    /// Bytes of credentials that are kept, with 80 for each: twice of what an invitation may give.
    static let byteLimit = 128 << 20

    private(set) var count = 0
    private(set) var byteCount = 0

    var isEmpty: Bool { count == 0 }
    /// The metadata in use.
    var keys: [String] { (0..<count).map(Self.key) }
    /// The metadata that names control feeds.
    static let feedsKey = "control"

    static func key(_ number: Int) -> String { number == 0 ? "admission" : "admission/\(number)" }

    /// Whether there is room for more.
    func hasRoom(for entries: [AdmissionBundle.Entry]) -> Bool {
        byteCount + Self.byteCount(of: entries) <= Self.byteLimit
    }

    /// Counts what will be stored.
    /// - Returns: the key to store it under.
    mutating func append(_ entries: [AdmissionBundle.Entry]) -> String {
        defer { count += 1 }
        byteCount += Self.byteCount(of: entries)
        return Self.key(count)
    }

    mutating func removeAll() { self = IntroductionStore() }

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

    static func encoded(_ feeds: Set<PublicSigningKey>) -> [UInt8] {
        CBORValue.array(feeds.sorted().map(\.encodedValue)).encoded()
    }

    /// Control feeds that were named.
    static func feeds(_ bytes: [UInt8]) throws(SpaceError) -> Set<PublicSigningKey> {
        do throws(CBORError) {
            let items = try CBORValue(decoding: bytes, limits: .userData).asArray()
            return Set(try items.map { (item) throws(CBORError) in try PublicSigningKey(item) })
        } catch { throw .damagedMetadata(key: feedsKey) }
    }
}
