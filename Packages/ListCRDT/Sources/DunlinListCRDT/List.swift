import DunlinCausality
import DunlinEncoding
import DunlinSequences

/// A list that replicas edit apart and merge: a document of its own, with CBOR values.
///
/// Merging is commutative, associative and idempotent; what was inserted side by side stays together. Copies
/// share storage until one of them changes.
/// - Source: Gentle and Kleppmann 2024, "Collaborative Text Editing with Eg-walker".
public struct List: Sendable {
    /// The writer of what is edited here.
    public let replica: ReplicaID
    var graph = CausalGraph()
    var content = ListContainer<CBORValue>()
    /// Of a list that was loaded: where its history is, until something needs it.
    var sealed: Sealed?

    struct Sealed: Sendable {
        var version: VersionVector
        var history: @Sendable () throws -> [UInt8]
    }

    /// - Parameter replica: names the writer; no two writers may share it.
    public init(replica: ReplicaID) { self.replica = replica }

    // MARK: Reading

    /// The elements in order.
    /// - Complexity: O(*n*).
    public var elements: [CBORValue] { content.elements }
    /// How many elements there are.
    public var count: Int { content.count }
    /// Whether there is no element.
    public var isEmpty: Bool { content.isEmpty }
    /// The element at a position.
    /// - Precondition: `position` lies within the list.
    /// - Complexity: O(log *n*).
    public subscript(position: Int) -> CBORValue { content[position] }
    /// The elements in a range of positions.
    /// - Precondition: `range` lies within the list.
    /// - Complexity: O(log *n*) and the length of the range.
    public subscript(range: Range<Int>) -> [CBORValue] { content[range] }

    /// What this document holds of each replica.
    public var version: VersionVector { sealed?.version ?? graph.versionVector }

    /// The elements at an older version.
    /// - Throws: ``ListError/historyUnavailable(_:)``, ``ListError/malformed``,
    ///   ``ListError/historyOfAnotherVersion`` when the list was loaded and its history cannot be read or is
    ///   none of it; ``ListError/historyForgotten`` when the version has not all that was forgotten.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func elements(at version: VersionVector) throws(ListError) -> [CBORValue] {
        let list = try opened(for: version)
        return list.content.elements(at: list.graph.frontier(of: version), graph: list.graph) ?? []
    }

    // MARK: Editing

    /// Puts an element before the one at `position`.
    /// - Throws: ``ListError/outOfRange(_:count:)``; ``ListError/badValue(_:)`` for a value that other
    ///   replicas could not read; ``ListError/full``; ``ListError/numbersUsedUp``; see
    ///   ``init(loading:replica:history:)`` for the others.
    /// - Complexity: O(1) beside the last edit, else O(log *n*).
    public mutating func insert(_ element: CBORValue, at position: Int) throws(ListError) {
        try prepare(position, inserting: 1)
        guard element.isPlain else { return try insert(contentsOf: [element], at: position) }
        guard let versions = append(1) else { throw .numbersUsedUp }
        content.insert(element, at: position, version: versions.lowerBound)
    }

    /// Puts elements before the one at `position`, side by side.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(1) beside the last edit, else O(log *n*), and the number of elements.
    public mutating func insert(contentsOf elements: [CBORValue], at position: Int) throws(ListError) {
        try prepare(position, inserting: elements.count)
        guard !elements.isEmpty else { return }
        let readable = try Self.readable(elements)
        guard let versions = append(elements.count) else { throw .numbersUsedUp }
        content.insert(contentsOf: readable, at: position, versions: versions)
    }

    private static func readable(_ elements: [CBORValue]) throws(ListError) -> [CBORValue] {
        do throws(CBORError) { return try CBORValue.elements(elements) } catch { throw .badValue(error) }
    }

    private mutating func prepare(_ position: Int, inserting newCount: Int) throws(ListError) {
        guard position >= 0, position <= count else { throw .outOfRange(position..<position, count: count) }
        if sealed != nil, newCount > 0 { try open() }
        guard content.hasRoom(for: newCount) else { throw .full }
    }

    /// Takes out the elements in `range`.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(1) beside the last edit, else O(log *n*), and the number of elements divided by 256.
    public mutating func delete(_ range: Range<Int>) throws(ListError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        if sealed != nil { try open() }
        guard let versions = append(range.count) else { throw .numbersUsedUp }
        content.delete(range, versions: versions)
    }

    /// Gives an element another value. What others do with the element meanwhile holds as well: it can move,
    /// and if somebody deletes it, it is gone. Of several who set it at once, one wins.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(log *n*).
    public mutating func set(_ element: CBORValue, at position: Int) throws(ListError) {
        try set(contentsOf: [element], at: position)
    }

    /// Gives elements side by side other values, as ``set(_:at:)`` does with each.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(log *n*) and the number of elements.
    public mutating func set(contentsOf elements: [CBORValue], at position: Int) throws(ListError) {
        guard position >= 0, position <= count - elements.count else {
            throw .outOfRange(position..<max(position, position &+ elements.count), count: count)
        }
        guard !elements.isEmpty else { return }
        if sealed != nil { try open() }
        guard content.hasRoom(for: elements.count) else { throw .full }
        let readable = try Self.readable(elements)
        guard let versions = append(elements.count) else { throw .numbersUsedUp }
        content.set(contentsOf: readable, at: position, versions: versions)
    }

    /// Moves an element. It stays the same one: of several who move it at once one wins, and nothing is there
    /// twice; what others set it to holds; if somebody deletes it, it is gone.
    /// - Parameters:
    ///   - position: where it is.
    ///   - destination: where it is afterwards, below ``count``.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(log *n*).
    public mutating func move(from position: Int, to destination: Int) throws(ListError) {
        try move(position..<max(position, position &+ 1), to: destination)
    }

    /// Moves elements that stand side by side, as ``move(from:to:)`` does with each.
    /// - Parameters:
    ///   - range: where they are.
    ///   - destination: where the first of them is afterwards, so that all of them fit.
    /// - Throws: as ``insert(_:at:)``.
    /// - Complexity: O(*k* log *n*) for *k* elements.
    public mutating func move(_ range: Range<Int>, to destination: Int) throws(ListError) {
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard destination >= 0, destination <= count - range.count else {
            throw .outOfRange(destination..<max(destination, destination &+ range.count), count: count)
        }
        guard destination != range.lowerBound, !range.isEmpty else { return }
        if sealed != nil { try open() }
        guard let versions = append(range.count) else { throw .numbersUsedUp }
        for (offset, version) in versions.enumerated() {
            // Those before it are where they go already; forwards the next one has come to the same place.
            if destination < range.lowerBound {
                content.move(from: range.lowerBound + offset, to: destination + offset, version: version)
            } else {
                content.move(from: range.lowerBound, to: destination + range.count - 1, version: version)
            }
        }
    }

    /// New events of this replica; nil when its numbers are used up.
    private mutating func append(_ count: Int) -> Range<LocalVersion>? {
        try? graph.append(replica: replica, sequence: graph.nextSequence(of: replica), count: count)
    }

    // MARK: Exchange

    /// The events that are not in `version`, for ``merge(_:report:)`` elsewhere.
    /// - Throws: as ``elements(at:)``.
    /// - Source: `Docs/Spec/Lists.md`, "An update".
    public func encode(since version: VersionVector = VersionVector()) throws(ListError) -> [UInt8] {
        let list = try opened(for: version)
        return list.encode(from: version, to: list.graph.frontier)
    }

    /// The events of `later` that are not in `version`.
    /// - Throws: as ``elements(at:)``.
    public func encode(since version: VersionVector, upTo later: VersionVector) throws(ListError) -> [UInt8] {
        let list = try opened(for: version)
        guard !list.graph.hasForgotten(later) else { throw .historyForgotten }
        return list.encode(from: version, to: list.graph.frontier(of: later))
    }

    private func encode(from version: VersionVector, to frontier: Frontier) -> [UInt8] {
        let spans = graph.difference(frontier, graph.frontier(of: version)).onlyA
        return ListUpdate.encode(spans, graph: graph, content: content)
    }

    /// Takes in the events of another document of the same list. Events do not say of which list they are:
    /// keep those of two apart, by the channel or a name beside them.
    ///
    /// - Parameter report: told what changes in the list as it is shown, in order. The list must not be
    ///   touched inside it, not even read: Swift stops the program. Without it merging is faster.
    /// - Throws: ``ListError/missingEvents`` when the events rest on others that are not known here,
    ///   ``ListError/historyForgotten`` when some have not seen what was forgotten here,
    ///   ``ListError/malformed``, ``ListError/full``, or as ``elements(at:)``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the events that are new, and those concurrent with them, however many
    ///   insert at one place at once; up to O(*n*²) where branches come by turns.
    public mutating func merge(
        _ encoded: [UInt8], report: ((ListDelta<CBORValue>) -> Void)? = nil
    ) throws(ListError) {
        let update = try ListUpdate(decoding: encoded)
        if sealed != nil { try open() }
        guard content.hasRoom(for: update.values.count) else { throw .full }
        var admission: BatchAdmission
        do throws(GraphError) {
            admission = try BatchAdmission(of: update.batch, into: graph, followsBranches: true)
        } catch { throw ListError(error) }
        // Out of self, so that the content can be changed while the graph is read.
        var graph = CausalGraph()
        swap(&graph, &self.graph)
        defer { swap(&graph, &self.graph) }
        // Values of operations that were applied. Many are kept at once, one by one takes longer; but a
        // report asks for them.
        var pending = 0..<0
        defer { content.keep(update.values[pending]) }
        // All events first: then it is known after which of them nothing concurrent comes.
        var runs: [BatchAdmission.Admitted] = []
        do throws(GraphError) {
            while let run = try admission.next(&graph) { runs.append(run) }
        } catch { throw .malformed }
        var reader = OperationReader(update.operations)
        for run in runs {
            // What is replayed again is then no more than what is merged.
            let isSettled =
                run.isOnFrontier && content.walkedCount <= update.operations.count
                && graph.isCritical(run.versions.upperBound - 1)
            let distance = run.versions.lowerBound - run.events.lowerBound
            reader.seek(run.events.lowerBound)
            while let piece = reader.next(before: run.events.upperBound) {
                if piece.operation.kind.bringsValues {
                    if pending.upperBound == piece.units.lowerBound {
                        pending = pending.lowerBound..<piece.units.upperBound
                    } else {
                        content.keep(update.values[pending])
                        pending = piece.units
                    }
                }
                if report != nil {
                    content.keep(update.values[pending])
                    pending = pending.upperBound..<pending.upperBound
                }
                let first = piece.number + distance
                let versions = first..<first + piece.operation.count
                if run.isOnFrontier {
                    content.applyOnFrontier(
                        piece.operation, versions: versions, isSettled: isSettled, report: report)
                } else {
                    content.apply(
                        piece.operation, versions: versions,
                        parents: first == run.versions.lowerBound ? run.parents : nil, graph: graph,
                        report: report)
                }
            }
        }
    }
}
