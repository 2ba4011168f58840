import DunlinEncoding
import DunlinListCRDT
import DunlinMapCRDT

/// What is merged into lists and maps and loaded as such.
enum CollectionTargets {
    static func list(_ input: [UInt8]) {
        var list = List(replica: replica(9))
        made { try list.insert(.unsigned(1), at: 0) }
        do { try list.merge(input) } catch { precondition(list.count == 1, "a refused merge left a trace") }
        let replayed = made { try list.elements(at: list.version) }
        precondition(replayed == list.elements, "a replay gives another list")
        var copy = List(replica: replica(8))
        made { try copy.merge(list.encode()) }
        precondition(copy.elements == list.elements, "who takes everything at once has another list")
    }

    /// The content and the history of a saved list, damaged: what is accepted is one list.
    /// With checksums that fit it may read wrongly, and must not trap.
    static func savedList(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2 else { return }
        if let list = try? List(loading: parts[0], replica: replica(9), history: { parts[1] }),
            let replayed = try? list.elements(at: list.version)
        {
            precondition(replayed == list.elements, "a damaged pair was accepted")
        }
        let forged = SavedHistory(Array(parts[1].dropLast(16)), of: parts[0]).encoded()
        if let list = try? List(rebuildingFrom: forged, replica: replica(9)) {
            let end = made { try list.elements(at: list.version) }
            precondition(end == list.elements, "a replay gives another list")
        }
        guard var list = try? List(loading: parts[0], replica: replica(9), history: { forged }) else {
            return
        }
        do {
            try list.insert(.null, at: list.count / 2)
            try list.delete(0..<1)
            try list.merge(listSeeds[0])
            _ = try list.elements(at: list.version)
            try list.forgetHistory(before: list.version)
            _ = try list.savedHistory()
        } catch {}
    }

    static func map(_ input: [UInt8]) {
        var map = Map(replica: replica(9))
        made { try map.set("a", to: .unsigned(1)) }
        do { try map.merge(input) } catch { precondition(map.keys == ["a"], "a refused merge left a trace") }
        var copy = Map(replica: replica(8))
        made { try copy.merge(map.encode()) }
        precondition(copy.keys == map.keys, "who takes everything at once has other keys")
        for key in map.keys {
            precondition(copy[key] == map[key], "who takes everything at once has another value")
        }
    }

    /// The content and the history of a saved map, damaged: what is accepted is one map.
    /// With checksums that fit it may read wrongly, and must not trap.
    static func savedMap(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2 else { return }
        if var map = try? Map(loading: parts[0], replica: replica(9), history: { parts[1] }),
            (try? map.merge(map.encode())) != nil
        {
            precondition(map.savedContent() == parts[0], "a damaged pair was accepted")
        }
        let history = forged(parts[1])
        guard var map = try? Map(loading: forged(parts[0]), replica: replica(9), history: { history }) else {
            return
        }
        do {
            try map.set("k", to: .null)
            try map.merge(mapSeeds[0])
            _ = map.savedContent()
            try map.forgetHistory(before: map.version)
            _ = try map.savedHistory()
        } catch {}
    }

    // MARK: Seeds

    static var listSeeds: [[UInt8]] { sampleLists().map { list in made { try list.encode() } } }

    static var savedListSeeds: [[UInt8]] {
        var forgetful = sampleLists()[0]
        made { try forgetful.forgetHistory(before: forgetful.version) }
        made { try forgetful.move(from: 1, to: 0) }
        return (sampleLists() + [forgetful]).map { list in
            joined([list.savedContent(), made { try list.savedHistory() }])
        }
    }

    private static func sampleLists() -> [List] {
        var a = List(replica: replica(1)), b = List(replica: replica(2))
        made { try a.insert(contentsOf: [.unsigned(1), .text("x"), .null], at: 0) }
        made { try b.merge(a.encode()) }
        made { try a.delete(0..<1) }
        made { try b.insert(.array([]), at: 1) }
        made { try b.move(from: 2, to: 0) }
        made { try a.set(.text("y"), at: 0) }
        made { try a.merge(b.encode()) }
        return [a, b]
    }

    static var mapSeeds: [[UInt8]] { sampleMaps().map { map in made { try map.encode() } } }

    static var savedMapSeeds: [[UInt8]] {
        var forgetful = sampleMaps()[0]
        made { try forgetful.set("c", to: .null) }
        made { try forgetful.forgetHistory(before: forgetful.version) }
        made { try forgetful.increment("n", by: -1) }
        return (sampleMaps() + [forgetful]).map { map in
            joined([map.savedContent(), made { try map.savedHistory() }])
        }
    }

    private static func sampleMaps() -> [Map] {
        var a = Map(replica: replica(1)), b = Map(replica: replica(2))
        made { try a.set("k", to: .unsigned(1)) }
        made { try b.set("k", to: .text("z")) }
        made { try b.increment("n", by: 5) }
        made { try a.merge(b.encode()) }
        made { try a.set("k", to: nil) }
        return [a, b]
    }
}
