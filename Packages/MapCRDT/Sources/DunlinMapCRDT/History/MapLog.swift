import DunlinCausality
import DunlinEncoding

/// What an event does to its key.
enum MapOperation: UInt8, Sendable {
    case set, delete, increment
}

/// All writes of a map in the order in which they arrived here, by columns; a local version is a place in
/// each.
struct MapLog: Sendable {
    /// Every key ever written, in the order of their first writes.
    private(set) var keys: [UTF8String] = []
    private var keyPlaces: [UTF8String: UInt32] = [:]
    /// Places in `keys`.
    private(set) var keyOf: [UInt32] = []
    private(set) var operations: [MapOperation] = []
    /// What was set; the amount of an increment; null of a delete.
    private(set) var values: [CBORValue] = []
    /// Whether all writes set a value.
    private(set) var hasOnlySets = true

    var count: Int { keyOf.count }

    /// The key's place, if it was ever written.
    func place(of key: UTF8String) -> UInt32? { keyPlaces[key] }

    /// Adds a key that was not there; its first write follows.
    mutating func add(_ key: UTF8String) -> UInt32 {
        let place = UInt32(keys.count)
        keys.append(key)
        keyPlaces[key] = place
        return place
    }

    mutating func append(_ operation: MapOperation, _ key: UInt32, _ value: CBORValue) {
        keyOf.append(key)
        operations.append(operation)
        values.append(value)
        if operation != .set { hasOnlySets = false }
    }

    /// Adds some events of an update.
    /// - Parameter known: for each key of the update its place here, as far as it was looked up.
    mutating func append(_ events: Range<Int>, of update: MapUpdate, _ known: inout [UInt32?]) {
        if count == 0, events.count == update.keyOf.count {
            // All that there is: nothing is copied.
            keys = update.keys
            keyPlaces = update.keyPlaces
            keyOf = update.keyOf
            operations = update.operations
            values = update.values
        } else {
            for event in events {
                let index = Int(update.keyOf[event])
                let place = known[index] ?? place(of: update.keys[index]) ?? add(update.keys[index])
                known[index] = place
                keyOf.append(place)
            }
            operations += update.operations[events]
            values += update.values[events]
        }
        if hasOnlySets { hasOnlySets = update.operations[events].allSatisfy { $0 == .set } }
    }

    /// The amount of the increment at a version.
    func amount(at version: LocalVersion) -> Int64 {
        switch values[version] {
        case .unsigned(let value): Int64(bitPattern: value)
        case .negative(let value): ~Int64(bitPattern: value)
        case .bytes, .text, .array, .map, .bool, .null: 0
        }
    }
}
