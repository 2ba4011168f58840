import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension Space {
    /// An object as it is, maybe without its history; empty when there is none.
    mutating func document(_ id: ObjectID) throws(SpaceError) -> ObjectDocument {
        try mending { space throws(SpaceError) in
            try space.data.objects.document(id, store: space.store)
        }
    }

    /// Does what needs objects. One whose saved state is damaged is built again from the feeds, which hold
    /// all that made it.
    /// - Throws: ``SpaceError/damagedObject(_:cause:)`` when the feeds know of no such object, or what `body`
    ///   throws.
    mutating func mending<R>(
        _ body: (inout Space) throws(SpaceError) -> R
    ) throws(SpaceError) -> R {
        while true {
            do throws(SpaceError) { return try body(&self) } catch {
                guard case .damagedObject(let id, _) = error, let document = try rebuilt(only: [id])[id],
                    !document.isEmpty
                else { throw error }
                data.objects.replace(id, with: document)
            }
        }
    }

    /// Whether every saved object can be read, with its history.
    func savedObjectsAreSound() throws(SpaceError) -> Bool {
        do {
            for id in try store.objectIDs(type: nil) {
                guard let state = try store.objectState(id), let history = try store.objectHistory(id) else {
                    return false
                }
                var document = try ObjectDocument(loading: state)
                try document.open(history: history)
            }
            return true
        } catch let error as StoreError {
            if case .damaged = error { return false }
            throw .store(error)
        } catch { return false }
    }

    /// Ids of objects that are not deleted, of one type when given, in id order.
    mutating func objectIDs(type: UTF8String?) throws(SpaceError) -> [ObjectID] {
        var ids: Set<ObjectID>
        do { ids = Set(try store.objectIDs(type: type)) } catch { throw .store(error) }
        for item in data.objects.pending {
            if type == nil || item.type == type { ids.insert(item.id) } else { ids.remove(item.id) }
        }
        var present: [ObjectID] = []
        for id in ids.sorted() {
            let document = try document(id)
            if !document.isDeleted, !document.isEmpty { present.append(id) }
        }
        return present
    }

    /// One hash over the canonical state of all objects: equal on peers that applied the same blocks.
    mutating func stateHash() throws(SpaceError) -> Digest {
        var ids: Set<ObjectID>
        do { ids = Set(try store.objectIDs(type: nil)) } catch { throw .store(error) }
        for item in data.objects.pending { ids.insert(item.id) }
        var writer = ByteWriter()
        for id in ids.sorted() {
            let document = try document(id)
            // What nobody keeps is no object, for those who once had it either.
            guard !document.isEmpty else { continue }
            writer.raw(id.bytes)
            writer.raw(Digest.blake2b(document.canonicalState()).bytes)
        }
        return Digest.blake2b(writer.bytes)
    }

    /// Builds objects anew from the feeds: derived state is never the truth.
    /// - Parameter only: some objects; nil for all that were ever written.
    /// - Complexity: O(*n*) in the blocks of the space.
    mutating func rebuilt(only: Set<ObjectID>? = nil) throws(SpaceError) -> [ObjectID: ObjectDocument] {
        var documents: [ObjectID: ObjectDocument] = [:]
        if let only, only.isEmpty { return documents }
        var heads: [PublicSigningKey: [Digest]] = [:]
        let graph = data.graph.graph
        for version in 0..<graph.count {
            let event = graph.event(at: version)
            let feed = PublicSigningKey(raw: event.replica.raw)
            let block: [UInt8]
            do { block = try store.blocks(of: feed, event.sequence..<event.sequence + 1)[0] } catch {
                throw .store(error)
            }
            guard case .transaction(let transaction) = open(block, feed: feed, sequence: event.sequence),
                let changes = DataPipeline.decoded(transaction.changes)
            else { continue }
            if let named = transaction.controlHeads { heads[feed] = named }
            guard data.isKept(event.sequence, of: feed),
                control.canWrite(to: feed, at: heads[feed] ?? []) == true
            else { continue }
            let outside = data.graph.outside(graph.parents(of: version))
            var number = event.sequence << 32
            for (id, change) in changes {
                if only?.contains(id) ?? true, OwnedObject.isWritable(id, by: feed) {
                    // Taken out while it changes, so that it is not copied.
                    var document = documents.removeValue(forKey: id) ?? ObjectDocument(id: id)
                    try? document.apply(
                        change, replica: event.replica, firstSequence: number,
                        parents: DataPipeline.parents(in: document, outside: outside, feed: feed))
                    documents[id] = document
                }
                number += UInt64(change.unitCount)
            }
        }
        return documents
    }
}
