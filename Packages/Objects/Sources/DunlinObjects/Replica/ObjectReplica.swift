import DunlinCausality
import DunlinEncoding

/// An object with its history: a document of its own, for those who exchange objects without spaces.
///
/// Edits are transactions: what one of them did becomes known whole. Merging is commutative, associative and
/// idempotent. The object as it is shown is an ``ObjectDocument``.
/// - Source: `Docs/Spec/Changes.md`, "An object alone".
public struct ObjectReplica: Sendable {
    /// A transaction as it is kept.
    struct Entry: Sendable {
        var versions: Range<LocalVersion>
        /// When it was made, by its writer's clock.
        var time: UInt64
        var change: [UInt8]
    }

    /// The writer of what is edited here.
    public let replica: ReplicaID
    /// The object as it is now.
    public internal(set) var document: ObjectDocument
    /// All transactions, in the order in which they became known.
    var entries: [Entry] = []

    /// An object that nothing has happened to.
    /// - Parameter replica: names the writer; no two writers may share it.
    public init(id: ObjectID, replica: ReplicaID) {
        self.replica = replica
        document = ObjectDocument(id: id)
    }

    /// What is known of each replica's events.
    public var version: VersionVector { document.versionVector }

    /// Edits the object, as one transaction.
    ///
    /// - Parameter time: when, in milliseconds since 1970 or in whatever the application counts; only shown.
    /// - Returns: where something changed.
    /// - Throws: what `edits` throws; the object is then as it was.
    /// - Complexity: as the edits', and O(*n*) in the containers for the paths.
    @discardableResult
    public mutating func edit(
        time: UInt64, _ edits: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws(ObjectError) -> [ObjectPath] {
        let before = version
        let start = document.graph.count
        let sequence = document.graph.nextSequence(of: replica)
        let change: Change?
        do throws(ObjectError) {
            change = try document.edit(replica: replica, firstSequence: sequence, edits).1
        } catch {
            // Rarely needed, so no edit pays for a copy of the object.
            document = try state(at: before)
            throw error
        }
        guard let change else { return [] }
        entries.append(
            Entry(versions: start..<document.graph.count, time: time, change: change.encoded()))
        return paths(of: [(change, replica)])
    }

    // MARK: Exchange

    /// The transactions that are not in `version`, for ``merge(_:)`` elsewhere.
    /// - Complexity: O(*n*) in the transactions.
    public func encode(since version: VersionVector = VersionVector()) -> [UInt8] {
        let graph = document.graph
        return encode(graph.difference(graph.frontier, graph.frontier(of: version)).onlyA)
    }

    func encode(_ spans: [Range<LocalVersion>]) -> [UInt8] {
        var writer = ByteWriter()
        EventBatch(of: document.graph, in: spans).write(&writer)
        // Both ascend, and a transaction is in a span whole or not at all.
        var included: [Entry] = []
        var place = 0
        for entry in entries {
            while place < spans.count, spans[place].upperBound <= entry.versions.lowerBound { place += 1 }
            guard place < spans.count else { break }
            if spans[place].contains(entry.versions.lowerBound) { included.append(entry) }
        }
        writer.varint(UInt64(included.count))
        var time: UInt64 = 0
        for entry in included {
            writer.zigzag(Int64(bitPattern: entry.time &- time))
            writer.sized(entry.change)
            time = entry.time
        }
        return writer.bytes
    }

    /// Takes in the transactions of another replica of the object.
    ///
    /// A transaction that speaks of what its writer cannot have known is void for everybody.
    /// - Returns: where something changed.
    /// - Throws: ``ObjectError/malformed``, or ``ObjectError/graph(_:)`` with
    ///   ``GraphError/missingParent(_:)`` when earlier transactions are missing; the object is unchanged.
    /// - Complexity: O(*n* log *n*) in the events that are new and those concurrent with them, and O(*c*) in
    ///   the containers for the paths.
    @discardableResult
    public mutating func merge(_ encoded: [UInt8]) throws(ObjectError) -> [ObjectPath] {
        let update = try ObjectUpdate(decoding: encoded)
        try update.checkParents(in: document.graph)
        var applied: [(Change, ReplicaID)] = []
        for transaction in update.transactions {
            let first = update.batch.event(transaction.first)
            guard document.graph.nextSequence(of: first.replica) <= first.sequence else { continue }
            let parents = try parents(of: transaction, in: update)
            let start = document.graph.count
            do throws(ObjectError) {
                try document.apply(
                    transaction.change, replica: first.replica, firstSequence: first.sequence,
                    parents: parents)
            } catch .unknownContainer {
                continue
            } catch .tooDeep {
                continue
            }
            entries.append(
                Entry(
                    versions: start..<document.graph.count, time: transaction.time,
                    change: transaction.bytes))
            applied.append((transaction.change, first.replica))
        }
        return paths(of: applied)
    }

    private func parents(
        of transaction: ObjectUpdate.Transaction, in update: ObjectUpdate
    ) throws(ObjectError) -> Frontier {
        let graph = document.graph
        var parents: [LocalVersion] = []
        for event in update.batch.parents(of: transaction.first) {
            // What a void transaction would have added is in nobody's past.
            if let version = graph.localVersion(of: event) { parents.append(version) }
        }
        let writer = update.batch.event(transaction.first).replica
        if let own = graph.lastEvent(of: writer, below: update.batch.event(transaction.first).sequence) {
            parents.append(own)
        }
        return graph.dominators(of: parents)
    }

    // MARK: The past

    /// All transactions that are in the past of a version, in an order in which parents come first.
    /// - Complexity: O(*n*) in the transactions.
    public func history(upTo version: VersionVector? = nil) -> [ObjectTransaction] {
        let graph = document.graph
        return entries.compactMap { entry in
            let first = graph.event(at: entry.versions.lowerBound)
            if let version, !version.contains(first) { return nil }
            return ObjectTransaction(
                author: first.replica, events: first.sequence..<first.sequence + UInt64(entry.versions.count),
                lamport: graph.lamport(at: entry.versions.lowerBound), time: entry.time)
        }
    }

    /// The object as it was at a version: with the transactions that the version holds, whose pasts are in
    /// it.
    /// - Throws: ``ObjectError`` when a transaction that is kept cannot be read.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func state(at version: VersionVector) throws(ObjectError) -> ObjectDocument {
        let graph = document.graph
        var past = ObjectDocument(id: document.id)
        for entry in entries {
            let first = graph.event(at: entry.versions.lowerBound)
            guard version.contains(first) else { continue }
            var parents: [LocalVersion] = []
            for parent in graph.parents(of: entry.versions.lowerBound) {
                if let here = past.graph.localVersion(of: graph.event(at: parent)) { parents.append(here) }
            }
            try past.apply(
                Change(decoding: entry.change), replica: first.replica, firstSequence: first.sequence,
                parents: past.graph.dominators(of: parents))
        }
        return past
    }

    /// What differs between two versions.
    /// - Throws: as ``state(at:)``.
    /// - Complexity: as two times ``state(at:)``.
    public func diff(from old: VersionVector, to new: VersionVector) throws(ObjectError) -> [ObjectDifference]
    {
        try state(at: new).part().differences(since: state(at: old).part())
    }

    // MARK: Saving

    /// The object with its history.
    public func saved() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(1)
        writer.raw(document.id.bytes)
        writer.raw(encode(document.graph.isEmpty ? [] : [0..<document.graph.count]))
        return writer.bytes
    }

    /// Reads what ``saved()`` wrote.
    /// - Throws: ``ObjectError`` when the bytes are damaged.
    public init(loading bytes: [UInt8], replica: ReplicaID) throws(ObjectError) {
        guard bytes.count > 17, bytes[0] == 1, let id = ObjectID(bytes: Array(bytes[1..<17])) else {
            throw .malformed
        }
        self.init(id: id, replica: replica)
        try merge(Array(bytes[17...]))
    }
}
