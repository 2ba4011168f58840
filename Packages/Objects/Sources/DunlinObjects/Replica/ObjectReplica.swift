import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT

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
    /// The object as it was where its history was forgotten: saved bytes.
    var base: [UInt8]?

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
    /// - Parameters:
    ///   - time: when, in milliseconds since 1970 or in whatever the application counts; only shown.
    ///   - report: told afterwards of each text that has changed, so that a view need not compare strings;
    ///     see ``ObjectTextChange``.
    /// - Returns: where something changed.
    /// - Throws: what `edits` throws; the object is then as it was.
    /// - Complexity: as the edits', and O(*n*) in the containers for the paths; when `edits` throws after
    ///   something was done, as ``state(at:)``.
    @discardableResult
    public mutating func edit(
        time: UInt64, _ edits: (inout ObjectEditor) throws(ObjectError) -> Void,
        report: ((ObjectTextChange) -> Void)? = nil
    ) throws(ObjectError) -> [ObjectPath] {
        let before = version
        let start = document.graph.count
        let sequence = document.graph.nextSequence(of: replica)
        let change: Change?
        do throws(ObjectError) {
            change = try document.edit(replica: replica, firstSequence: sequence, edits, report: report).1
        } catch {
            // Most of what is refused is so before anything was done.
            if document.graph.count != start { try restore(before, entryCount: entries.count) }
            throw error
        }
        guard let change else { return [] }
        entries.append(
            Entry(versions: start..<document.graph.count, time: time, change: change.encoded()))
        return paths(of: [(change, replica)])
    }

    /// Brings back the object as it was at a version, with as many transactions, after something was refused
    /// half done. That is rare, so no edit pays for a copy of the object.
    private mutating func restore(_ version: VersionVector, entryCount: Int) throws(ObjectError) {
        let past = try state(at: version)
        // What the object shows now needs fewer events before the horizon than what it showed then.
        let distance = document.graph.survivorCount - past.graph.survivorCount
        document = past
        entries.removeSubrange(entryCount...)
        moveEntries(downBy: distance)
    }

    private mutating func moveEntries(downBy distance: Int) {
        guard distance != 0 else { return }
        for index in entries.indices {
            let versions = entries[index].versions
            entries[index].versions = versions.lowerBound - distance..<versions.upperBound - distance
        }
    }

    // MARK: Exchange

    /// The transactions that are not in `version`, for ``merge(_:)`` elsewhere, and whose object they are.
    /// - Throws: ``ObjectError/graph(_:)`` with ``GraphError/forgotten`` when the version has not all that
    ///   was forgotten here; then only a whole copy helps, ``saved()``.
    /// - Complexity: O(*n*) in the transactions.
    public func encode(since version: VersionVector = VersionVector()) throws(ObjectError) -> [UInt8] {
        let graph = document.graph
        guard !graph.hasForgotten(version) else { throw .graph(.forgotten) }
        return document.id.bytes + encode(graph.difference(graph.frontier, graph.frontier(of: version)).onlyA)
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
    /// - Parameter report: told afterwards of each text that has changed, so that a view need not compare
    ///   strings; see ``ObjectTextChange``.
    /// - Returns: where something changed.
    /// - Throws: ``ObjectError/malformed``, ``ObjectError/otherObject(_:)``, or ``ObjectError/graph(_:)``
    ///   with ``GraphError/missingParent(_:)`` when earlier transactions are missing, with
    ///   ``GraphError/forgotten`` when some have not seen what was forgotten here; the object is unchanged.
    /// - Complexity: O(*n* log *n*) in the events that are new and those concurrent with them, and O(*c*) in
    ///   the containers for the paths.
    @discardableResult
    public mutating func merge(
        _ encoded: [UInt8], report: ((ObjectTextChange) -> Void)? = nil
    ) throws(ObjectError) -> [ObjectPath] {
        guard let id = ObjectID(bytes: Array(encoded.prefix(16))) else { throw .malformed }
        guard id == document.id else { throw .otherObject(id) }
        var changes = report.map { _ in TextChanges() }
        let paths = try merge(ObjectUpdate(decoding: Array(encoded.dropFirst(16))), gathering: &changes)
        if let report { changes?.changes(in: document).forEach(report) }
        return paths
    }

    private mutating func merge(
        _ update: ObjectUpdate, gathering changes: inout TextChanges?
    ) throws(ObjectError) -> [ObjectPath] {
        try update.checkParents(in: document.graph)
        let before = version, start = document.graph.count, entryCount = entries.count
        do throws(ObjectError) { return try take(update, gathering: &changes) } catch {
            if document.graph.count != start { try restore(before, entryCount: entryCount) }
            throw error
        }
    }

    private mutating func take(
        _ update: ObjectUpdate, gathering changes: inout TextChanges?
    ) throws(ObjectError) -> [ObjectPath] {
        var applied: [(Change, ReplicaID)] = []
        for transaction in update.transactions {
            let first = update.batch.event(transaction.first)
            guard document.graph.nextSequence(of: first.replica) <= first.sequence else { continue }
            let parents = try parents(of: transaction, in: update)
            let start = document.graph.count
            do throws(ObjectError) {
                try document.apply(
                    transaction.change, replica: first.replica, firstSequence: first.sequence,
                    parents: parents, gathering: &changes)
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
        // What a void transaction would have added is in nobody's past.
        let named = update.named(transaction, in: document.graph)
        do throws(GraphError) { return try document.graph.parents(named: named) } catch {
            throw .graph(error)
        }
    }

    // MARK: The past

    /// All transactions that are in the past of a version, in an order in which parents come first; of those
    /// that were forgotten none.
    /// - Complexity: O(*n*) in the transactions.
    public func history(upTo version: VersionVector? = nil) -> [ObjectTransaction] {
        let graph = document.graph
        return entries.compactMap { entry in
            let first = graph.event(at: entry.versions.lowerBound)
            if let version, !version.contains(first) { return nil }
            return transaction(of: entry)
        }
    }

    /// The transaction that an event is of: who wrote a run of ``authorship(of:inTextAt:)`` did it at its
    /// time. Nil when it is not known here, or was forgotten.
    /// - Complexity: O(log *n*) in the runs of events and in the transactions.
    public func transaction(containing event: EventID) -> ObjectTransaction? {
        guard let version = document.graph.localVersion(of: event) else { return nil }
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].versions.upperBound <= version { low = middle + 1 } else { high = middle }
        }
        // What outlives its history stands before all transactions.
        guard low < entries.count, entries[low].versions.contains(version) else { return nil }
        return transaction(of: entries[low])
    }

    private func transaction(of entry: Entry) -> ObjectTransaction {
        let graph = document.graph, first = graph.event(at: entry.versions.lowerBound)
        return ObjectTransaction(
            author: first.replica, events: first.sequence..<first.sequence + UInt64(entry.versions.count),
            lamport: graph.lamport(at: entry.versions.lowerBound), time: entry.time)
    }

    /// The object as it was at a version: with the transactions that the version holds, whose pasts are in
    /// it.
    /// - Throws: ``ObjectError`` when a transaction that is kept cannot be read; ``ObjectError/graph(_:)``
    ///   with ``GraphError/forgotten`` when the version has not all that was forgotten here.
    /// - Complexity: O(*n* log *n*) in the events before it.
    public func state(at version: VersionVector) throws(ObjectError) -> ObjectDocument {
        let graph = document.graph
        guard !graph.hasForgotten(version) else { throw .graph(.forgotten) }
        var past =
            try base.map { bytes throws(ObjectError) in try ObjectDocument(loading: bytes) }
            ?? ObjectDocument(id: document.id)
        for entry in entries {
            let first = graph.event(at: entry.versions.lowerBound)
            guard version.contains(first) else { continue }
            let parents: Frontier
            do throws(GraphError) {
                parents = try past.graph.parents(named: graph.parentEvents(of: entry.versions.lowerBound))
            } catch { throw .graph(error) }
            try past.apply(
                Change(decoding: entry.change), replica: first.replica, firstSequence: first.sequence,
                parents: parents)
        }
        return past
    }

    /// What is known after a transaction to whoever made it: what it holds and what that rests on, for
    /// ``state(at:)``; nil when it is not known here.
    /// - Complexity: O(*d* log *d*) in the runs of events that are not in its past.
    public func version(after transaction: ObjectTransaction) -> VersionVector? {
        guard let last = transaction.events.last else { return nil }
        let event = EventID(replica: transaction.author, sequence: last)
        return document.graph.localVersion(of: event).map { document.graph.versionVector(of: [$0]) }
    }

    /// What differs between two versions, but for the reserved fields: ``state(at:)`` tells the type, and
    /// whether the object was deleted.
    /// - Throws: as ``state(at:)``.
    /// - Complexity: as two times ``state(at:)``.
    public func diff(from old: VersionVector, to new: VersionVector) throws(ObjectError) -> [ObjectDifference]
    {
        try state(at: new).part().differences(since: state(at: old).part())
    }

    // MARK: Texts

    /// Who wrote a range of scalars of the text at a path, in runs; empty when there is no text.
    ///
    /// The first call replays the text's history into an index that is kept from then on.
    /// - Throws: as ``ObjectDocument/open()``.
    /// - Complexity: O(log *n*) for each run, once the index is made.
    public mutating func authorship(
        of range: Range<Int>, inTextAt path: ObjectPath
    ) throws(ObjectError) -> [TextAuthorship] {
        try document.authorship(of: range, inTextAt: path)
    }

    /// The text at a path in runs of equal attributes; empty when there is no text.
    /// - Complexity: as ``ObjectDocument/attributedRuns(ofTextAt:)``, once it was asked.
    public mutating func attributedRuns(ofTextAt path: ObjectPath) -> [AttributedRun] {
        document.attributedRuns(ofTextAt: path)
    }

    // MARK: Saving

    /// The object with its history.
    public func saved() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8((base == nil ? SavedForm.complete : .forgetful).rawValue)
        writer.raw(document.id.bytes)
        if let base { writer.sized(base) }
        let events = document.graph.survivorCount..<document.graph.count
        writer.raw(encode(events.isEmpty ? [] : [events]))
        writer.endWithChecksum()
        return writer.bytes
    }

    /// What saved bytes are; they begin with it.
    private enum SavedForm: UInt8 {
        case complete = 3
        /// With the object as it was when its history was forgotten.
        case forgetful = 4
    }

    /// Reads what ``saved()`` wrote.
    /// - Parameter replica: names the writer. Open with the same name only what holds everything that this
    ///   writer has ever sent: save before you send. After a restore from a backup take a new ``ReplicaID``:
    ///   with the old one the next edits take the numbers of edits that others have, and the objects never
    ///   agree again.
    /// - Throws: ``ObjectError`` when the bytes are damaged.
    public init(loading bytes: [UInt8], replica: ReplicaID) throws(ObjectError) {
        let update: [UInt8], base: [UInt8]?, id: ObjectID
        do throws(ByteError) {
            var reader = try ByteReader(checking: bytes)
            guard let form = SavedForm(rawValue: try reader.u8()),
                let read = ObjectID(bytes: try reader.raw(count: 16))
            else { throw .notCanonical(at: 0) }
            id = read
            base = form == .forgetful ? try reader.sized() : nil
            update = try reader.raw(count: reader.remaining)
        } catch { throw .bytes(error) }
        self.init(id: id, replica: replica)
        if let base {
            document = try ObjectDocument(loading: base)
            guard document.id == id, document.hasHistory, document.graph.horizon != nil,
                document.graph.count == document.graph.survivorCount
            else { throw .malformed }
            self.base = base
        }
        var nobodyAsks: TextChanges?
        _ = try merge(ObjectUpdate(decoding: update), gathering: &nobodyAsks)
    }

    // MARK: Forgetting

    /// Forgets the transactions before a version that all replicas have agreed on, as
    /// ``ObjectDocument/forgetHistory(before:)`` does; the object as it was then is kept, so that
    /// ``state(at:)`` goes on working from there.
    /// - Throws: as ``ObjectDocument/forgetHistory(before:)``; also when the version has a part of a
    ///   transaction. The object is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    public mutating func forgetHistory(before version: VersionVector) throws(ObjectError) {
        let end: LocalVersion
        do throws(GraphError) {
            end = try document.graph.settledCount(of: version)
            guard end > document.graph.survivorCount else { return }
            for entry in entries where entry.versions.lowerBound < end && end < entry.versions.upperBound {
                throw .notSettled
            }
        } catch { throw .graph(error) }
        var base = try state(at: version)
        try base.forgetHistory(before: version)
        let saved = try base.saved()
        try document.forgetHistory(before: version)
        let distance = end - document.graph.survivorCount
        entries.removeAll { $0.versions.lowerBound < end }
        moveEntries(downBy: distance)
        self.base = saved
    }

    /// The version before which the history was forgotten; empty when nothing was.
    public var forgottenVersion: VersionVector { document.graph.horizon?.version ?? VersionVector() }
}
