import DunlinCausality
import DunlinEncoding

/// Why a map cannot take in what it was given. The map is unchanged.
public enum MapError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    case malformed

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded map."
        }
    }
}

/// A map that replicas write apart and merge: a document of its own, with CBOR values.
///
/// Merging is commutative, associative and idempotent. Of concurrent writes the one with the greatest
/// (Lamport time, replica) shows; the others stay readable with ``conflicts(_:)``.
public struct Map: Sendable {
    /// One write, as it travels: the key, its value (nil deletes), and what it was written upon.
    private struct Write: Sendable {
        var replica: ReplicaID
        var sequence: UInt64
        var parents: [EventID]
        var key: UTF8String
        var value: CBORValue?
    }

    /// The writer of what is set here.
    public let replica: ReplicaID
    /// All events of the map, by which concurrent ones are told from those that follow each other.
    public private(set) var graph = CausalGraph()
    private var content = MapContainer<CBORValue>()
    /// Every write, by local version.
    private var history: [Write] = []

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) { self.replica = replica }

    /// The value that shows; setting nil deletes.
    public subscript(key: UTF8String) -> CBORValue? { content[key] }
    /// Keys with a value, in the order of their bytes.
    /// - Complexity: O(*n* log *n*) in the keys.
    public var keys: [UTF8String] { content.keys }
    /// All values of a key that no later write has seen, the one that shows first.
    public func conflicts(_ key: UTF8String) -> [CBORValue] { content.conflicts(key).map(\.value) }
    /// What this document holds of each replica.
    public var version: VersionVector { graph.versionVector }

    /// Writes a key; nil deletes it.
    /// - Throws: ``MapError`` when this replica's numbers are used up.
    public mutating func set(_ key: UTF8String, to value: CBORValue?) throws(MapError) {
        try apply(
            Write(
                replica: replica, sequence: version[replica] ?? 0,
                parents: graph.frontier.map { graph.event(at: $0) }, key: key, value: value))
    }

    private mutating func apply(_ write: Write) throws(MapError) {
        let known = version[write.replica] ?? 0
        guard write.sequence >= known else { return }
        guard write.sequence == known else { throw .missingEvents }
        var parents: [LocalVersion] = []
        for event in write.parents {
            guard let parent = graph.localVersion(of: event) else { throw .missingEvents }
            parents.append(parent)
        }
        let minimal = graph.dominators(of: parents)
        let isLinear = minimal == graph.frontier
        do throws(GraphError) {
            let versions = try graph.append(
                replica: write.replica, sequence: write.sequence, count: 1, parents: minimal)
            content.apply(
                write.key, write.value, version: versions.lowerBound, parents: minimal, isLinear: isLinear,
                graph: graph)
        } catch { throw .malformed }
        history.append(write)
    }

    // MARK: Exchange

    /// The writes that are not in `version`, for ``merge(_:)`` elsewhere: a CBOR array of
    /// `[replica, number, [[replica, number], …], key, value]`, the value left out for a delete.
    public func encode(since version: VersionVector = VersionVector()) -> [UInt8] {
        let spans = graph.difference(graph.frontier, graph.frontier(of: version)).onlyA
        let writes = spans.flatMap { span in history[span] }.map { write in
            CBORValue.array(
                [
                    write.replica.encodedValue, .unsigned(write.sequence),
                    .array(write.parents.map { .array([$0.replica.encodedValue, .unsigned($0.sequence)]) }),
                    .text(write.key),
                ] + (write.value.map { [$0] } ?? []))
        }
        return CBORValue.array(writes).encoded()
    }

    /// Takes in the writes of another document of the same map.
    /// - Throws: ``MapError``; the map is unchanged.
    public mutating func merge(_ encoded: [UInt8]) throws(MapError) {
        var next = self
        for write in try Self.decode(encoded) { try next.apply(write) }
        self = next
    }

    private static func decode(_ bytes: [UInt8]) throws(MapError) -> [Write] {
        do throws(CBORError) {
            var writes: [Write] = []
            for item in try CBORValue(decoding: bytes, limits: .userData).asArray() {
                let parts = try item.asArray()
                guard parts.count == 4 || parts.count == 5 else { throw CBORError.notCanonical }
                var parents: [EventID] = []
                for parent in try parts[2].asArray() {
                    let event = try parent.asArray(count: 2)
                    parents.append(
                        EventID(replica: try ReplicaID(event[0]), sequence: try event[1].asUnsigned()))
                }
                writes.append(
                    Write(
                        replica: try ReplicaID(parts[0]), sequence: try parts[1].asUnsigned(),
                        parents: parents,
                        key: try parts[3].asText(), value: parts.count == 5 ? parts[4] : nil))
            }
            return writes
        } catch { throw .malformed }
    }
}
