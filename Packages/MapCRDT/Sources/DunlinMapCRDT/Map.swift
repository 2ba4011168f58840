import DunlinCausality
import DunlinEncoding

/// A map that replicas write apart and merge: a document of its own, with CBOR values and counters.
///
/// Merging is commutative, associative and idempotent. Of concurrent writes the one with the greatest
/// (Lamport time, replica) shows; the others stay readable with ``conflicts(_:)``. Copies share storage until
/// one of them changes.
/// - Source: `Docs/Spec/Maps.md`.
public struct Map: Sendable {
    /// The writer of what is set here.
    public let replica: ReplicaID
    var graph = CausalGraph()
    var log = MapLog()
    var state = MapState()
    /// Of a map that was loaded: what it shows, and where its history is, until something needs it.
    var sealed: Sealed?

    struct Sealed: Sendable {
        var content: MapContent
        var history: @Sendable () throws -> [UInt8]
    }

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) { self.replica = replica }

    // MARK: Reading

    /// What shows: of the values that no later write has seen the greatest one, else the sum of the
    /// increments; nil when there is neither.
    /// - Complexity: O(1) and the concurrent values of the key, as of all questions about one; O(log *n*)
    ///   until the history of a loaded map is needed.
    public subscript(key: UTF8String) -> CBORValue? {
        if sealed != nil { return sealed?.content.candidates(key).first }
        // No closures here: they would take copies of everything with them.
        guard let place = log.place(of: key) else { return nil }
        return shown(place)
    }

    func shown(_ place: UInt32) -> CBORValue? {
        if let version = state.winner(place, graph) { return log.values[version] }
        return state.sum(place).map(CBORValue.integer)
    }

    /// Keys that show something, in the order of their bytes.
    /// - Complexity: O(*n* log *n*) in the keys.
    public var keys: [UTF8String] {
        if let sealed { return sealed.content.keys }
        return shownPlaces().map { log.keys[Int($0)] }
    }

    /// Places of the keys that show something, in the order of the keys.
    func shownPlaces() -> [UInt32] {
        log.keys.indices.lazy.map(UInt32.init).filter(state.isShown)
            .sorted { log.keys[Int($0)] < log.keys[Int($1)] }
    }

    /// All values of a key that no later write has seen, the one that shows first, and behind them the sum of
    /// its increments if there are any.
    public func conflicts(_ key: UTF8String) -> [CBORValue] {
        if let sealed { return sealed.content.candidates(key) }
        guard let place = log.place(of: key) else { return [] }
        let values = state.ranked(place, graph).map { log.values[$0] }
        return values + (state.sum(place).map { [.integer($0)] } ?? [])
    }

    /// The sum, modulo 2^64, of the increments of a key that no later write of it has seen; nil when there
    /// are none.
    ///
    /// It shows unless the key has a value, too.
    public func counter(_ key: UTF8String) -> Int64? {
        if let sealed { return sealed.content.sum(key) }
        guard let place = log.place(of: key) else { return nil }
        return state.sum(place)
    }

    /// What this document holds of each replica.
    public var version: VersionVector { sealed?.content.version ?? graph.versionVector }

    // MARK: Writing

    /// Writes a key; nil deletes it. What the key holds is gone, increments too; what others write or add at
    /// the same time stays.
    ///
    /// Deleting a key that holds nothing does nothing.
    /// - Throws: ``MapError/badValue(_:)``, ``MapError/numbersUsedUp``; see
    ///   ``init(loading:replica:history:)`` for the others.
    /// - Complexity: O(1) amortised, and O(*n*) in the size of the value.
    public mutating func set(_ key: UTF8String, to value: CBORValue?) throws(MapError) {
        guard let value else { return try delete(key) }
        let canonical = try Self.canonical(value)
        if sealed != nil { try open() }
        let known = log.place(of: key)
        let version = try append()
        let place = known ?? log.add(key)
        log.append(.set, place, canonical)
        state.apply(version..<version + 1, log)
    }

    private mutating func delete(_ key: UTF8String) throws(MapError) {
        guard self[key] != nil else { return }
        if sealed != nil { try open() }
        guard let place = log.place(of: key) else { return }
        let version = try append()
        log.append(.delete, place, .null)
        state.apply(version..<version + 1, log)
    }

    /// Adds to a key's counter, modulo 2^64. Values that the key has stay, and go on showing.
    /// - Throws: as ``set(_:to:)``.
    /// - Complexity: O(1) amortised.
    public mutating func increment(_ key: UTF8String, by amount: Int64) throws(MapError) {
        if sealed != nil { try open() }
        let known = log.place(of: key)
        let version = try append()
        let place = known ?? log.add(key)
        log.append(.increment, place, .integer(amount))
        state.apply(version..<version + 1, log)
    }

    /// A new event of this replica.
    private mutating func append() throws(MapError) -> LocalVersion {
        do throws(GraphError) {
            return try graph.append(replica: replica, sequence: graph.nextSequence(of: replica), count: 1)
                .lowerBound
        } catch { throw .numbersUsedUp }
    }

    /// The value as the other replicas will read it.
    private static func canonical(_ value: CBORValue) throws(MapError) -> CBORValue {
        switch value {
        case .unsigned, .negative, .bool, .null: return value
        case .bytes(let bytes) where bytes.count < CBORLimits.userData.byteCount / 2: return value
        case .text(let text) where text.utf8Count < CBORLimits.userData.byteCount / 2: return value
        case .bytes, .text, .array, .map:
            do throws(CBORError) {
                return try value.canonical(within: .userData)
            } catch { throw .badValue(error) }
        }
    }
}
