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

    mutating func reserve(_ events: Int) {
        // An array that is asked for exactly as much again and again would be copied each time.
        guard keyOf.isEmpty else { return }
        keyOf.reserveCapacity(events)
        operations.reserveCapacity(events)
        values.reserveCapacity(events)
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
