import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// Why a list cannot be edited or merged so. The list is unchanged.
public enum ListError: Error, Hashable, Sendable, CustomStringConvertible {
    case outOfRange(Range<Int>, count: Int)
    /// Events that must be known first: fetch them, then merge again.
    case missingEvents
    case malformed

    /// One sentence: what is wrong and what to do.
    public var description: String {
        switch self {
        case .outOfRange(let range, let count):
            "Places \(range.lowerBound) to \(range.upperBound) lie outside the list of \(count)."
        case .missingEvents: "Earlier changes are missing; fetch and merge those first."
        case .malformed: "The bytes are not an encoded list."
        }
    }
}

/// A list that replicas edit apart and merge: a document of its own, with CBOR values.
///
/// Merging is commutative, associative and idempotent; what was inserted side by side stays together.
public struct List: Sendable {
    /// One operation, as it travels.
    private struct Step: Sendable {
        var replica: ReplicaID
        var sequence: UInt64
        var parents: [EventID]
        var operation: SequenceOperation
        var inserted: [CBORValue]
    }

    /// The writer of what is edited here.
    public let replica: ReplicaID
    /// All events of the list, by which concurrent ones are told from those that follow each other.
    public private(set) var graph = CausalGraph()
    private var content = ListContainer<CBORValue>()
    /// Every operation, in the order of local versions.
    private var history: [(versions: Range<LocalVersion>, step: Step)] = []

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) { self.replica = replica }

    /// The elements in order.
    /// - Complexity: O(1); the array is shared.
    public var elements: [CBORValue] { content.elements }
    /// How many elements there are.
    public var count: Int { content.count }
    /// What this document holds of each replica.
    public var version: VersionVector { graph.versionVector }

    /// - Throws: ``ListError/outOfRange(_:count:)``.
    public mutating func insert(_ values: [CBORValue], at place: Int) throws(ListError) {
        guard (0...count).contains(place) else { throw .outOfRange(place..<place, count: count) }
        guard !values.isEmpty else { return }
        try edit(SequenceOperation(.insert, at: place, count: values.count), values)
    }

    /// - Throws: ``ListError/outOfRange(_:count:)``.
    public mutating func delete(_ range: Range<Int>) throws(ListError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        try edit(SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count), [])
    }

    private mutating func edit(_ operation: SequenceOperation, _ inserted: [CBORValue]) throws(ListError) {
        try apply(
            Step(
                replica: replica, sequence: version[replica] ?? 0,
                parents: graph.frontier.map { graph.event(at: $0) }, operation: operation, inserted: inserted)
        )
    }

    private mutating func apply(_ step: Step) throws(ListError) {
        let known = version[step.replica] ?? 0
        // Operations travel whole, so one is known whole or not at all.
        guard step.sequence >= known else { return }
        guard step.sequence == known else { throw .missingEvents }
        var parents: [LocalVersion] = []
        for event in step.parents {
            guard let parent = graph.localVersion(of: event) else { throw .missingEvents }
            parents.append(parent)
        }
        let minimal = graph.dominators(of: parents), frontier = graph.frontier
        do throws(GraphError) {
            let versions = try graph.append(
                replica: step.replica, sequence: step.sequence, count: step.operation.count, parents: minimal)
            _ = content.apply(
                step.operation, inserted: step.inserted, versions: versions, parents: minimal,
                frontier: frontier,
                graph: graph)
            history.append((versions, step))
        } catch { throw .malformed }
    }

    // MARK: Exchange

    /// The operations that are not in `version`: a CBOR array of
    /// `[replica, number, [[replica, number], …], kind, place, count, [value, …]]`.
    public func encode(since version: VersionVector = VersionVector()) -> [UInt8] {
        let spans = graph.difference(graph.frontier, graph.frontier(of: version)).onlyA
        let steps = history.filter { item in spans.contains { $0.contains(item.versions.lowerBound) } }
        return CBORValue.array(
            steps.map { item in
                let step = item.step
                return .array([
                    step.replica.encodedValue, .unsigned(step.sequence),
                    .array(step.parents.map { .array([$0.replica.encodedValue, .unsigned($0.sequence)]) }),
                    .unsigned(UInt64(step.operation.kind.rawValue)), .integer(Int64(step.operation.position)),
                    .integer(Int64(step.operation.count)), .array(step.inserted),
                ])
            }
        ).encoded()
    }

    /// Takes in the operations of another document of the same list.
    /// - Throws: ``ListError``; the list is unchanged.
    public mutating func merge(_ encoded: [UInt8]) throws(ListError) {
        var next = self
        for step in try Self.decode(encoded) { try next.apply(step) }
        self = next
    }

    private static func decode(_ bytes: [UInt8]) throws(ListError) -> [Step] {
        do throws(CBORError) {
            var steps: [Step] = []
            for item in try CBORValue(decoding: bytes, limits: .userData).asArray() {
                let parts = try item.asArray(count: 7)
                var parents: [EventID] = []
                for parent in try parts[2].asArray() {
                    let event = try parent.asArray(count: 2)
                    parents.append(
                        EventID(replica: try ReplicaID(event[0]), sequence: try event[1].asUnsigned()))
                }
                let code = try parts[3].asUnsigned(), position = try parts[4].asInteger()
                let count = try parts[5].asInteger(), inserted = try parts[6].asArray()
                guard code < 3, let kind = SequenceOperation.Kind(rawValue: UInt8(code)),
                    (0...(1 << 40)).contains(position), (1...(1 << 30)).contains(count),
                    let operation = SequenceOperation(
                        reading: kind, at: UInt64(position), count: UInt64(count)),
                    inserted.count == (kind == .insert ? Int(count) : 0)
                else { throw CBORError.notCanonical }
                steps.append(
                    Step(
                        replica: try ReplicaID(parts[0]), sequence: try parts[1].asUnsigned(),
                        parents: parents,
                        operation: operation,
                        inserted: inserted))
            }
            return steps
        } catch { throw .malformed }
    }
}
