import DunlinEncoding
import DunlinFeeds
import DunlinObjects

/// The objects of a space that are in memory: those touched since the last checkpoint (their rows are
/// behind), and lately read ones.
struct ObjectCache: Sendable {
    private var documents: [ObjectID: ObjectDocument] = [:]
    /// Objects whose row in the store is behind the document here.
    private(set) var behind: Set<ObjectID> = []
    /// Objects not touched since the checkpoint before last are dropped at the next.
    private var touched: Set<ObjectID> = []
    /// No row was ever written, so none need be looked for.
    private var storeIsEmpty: Bool

    init(storeIsEmpty: Bool = false) { self.storeIsEmpty = storeIsEmpty }

    /// The object, loaded from its row when it is not in memory, then without its history; an empty document
    /// when there is none.
    /// - Throws: ``SpaceError/damagedObject(_:cause:)`` when the row does not decode.
    mutating func document(
        _ id: ObjectID, store: any SpaceStore
    ) throws(SpaceError) -> ObjectDocument {
        touched.insert(id)
        if let document = documents[id] { return document }
        let document = try load(id, store: store)
        documents[id] = document
        return document
    }

    /// Brings the object into memory with its history, which changing it needs.
    /// - Throws: ``SpaceError/damagedObject(_:cause:)`` when its row or its history does not decode.
    mutating func open(_ id: ObjectID, store: any SpaceStore) throws(SpaceError) {
        touched.insert(id)
        if documents[id] == nil { documents[id] = try load(id, store: store) }
        guard documents[id]?.hasHistory == false else { return }
        do {
            try documents[id]?.open(history: store.objectHistory(id) ?? [])
        } catch let error as ObjectError {
            throw .damagedObject(id, cause: error)
        } catch StoreError.damaged(let what) {
            throw .damagedObject(id, cause: .historyUnavailable(what))
        } catch let error as StoreError {
            throw .store(error)
        } catch { throw .damagedObject(id, cause: .malformed) }
    }

    /// Changes the object in place: no copy is made of it, however large it is.
    /// - Throws: as ``open(_:store:)``.
    mutating func update<R, E: Error>(
        _ id: ObjectID, store: any SpaceStore,
        _ body: (inout ObjectDocument) throws(E) -> R
    ) throws(SpaceError) -> Result<R, E> {
        try open(id, store: store)
        do throws(E) {
            // Changed where it stands, so that there is no second reference to it.
            let result = try body(&documents[id, default: ObjectDocument(id: id)])
            behind.insert(id)
            return .success(result)
        } catch {
            return .failure(error)
        }
    }

    /// Puts a document as it was before, or rebuilt, in the place of the one here.
    mutating func replace(_ id: ObjectID, with document: ObjectDocument) {
        guard !document.isEmpty else {
            // What never came into being leaves no trace.
            documents[id] = nil
            behind.remove(id)
            return
        }
        documents[id] = document
        touched.insert(id)
        behind.insert(id)
    }

    /// Puts a document that was built anew in the place of whatever is here or in the store.
    mutating func rebuild(_ id: ObjectID, as document: ObjectDocument) {
        documents[id] = document
        touched.insert(id)
        behind.insert(id)
    }

    /// Rows that bring the store up to date.
    /// - Throws: ``SpaceError/damagedObject(_:cause:)``, which cannot be: what has changed has its history.
    func rows() throws(SpaceError) -> [ObjectRow] {
        var rows: [ObjectRow] = []
        for id in behind.sorted() {
            guard let document = documents[id] else { continue }
            let history: [UInt8]
            do { history = try document.savedHistory() } catch { throw .damagedObject(id, cause: error) }
            rows.append(
                ObjectRow(
                    id: id, type: document.type, isDeleted: document.isDeleted, json: document.root().json,
                    state: document.savedContent(), history: history))
        }
        return rows
    }

    /// Objects behind their row, with their current type and whether they are deleted.
    var pending: [(id: ObjectID, type: UTF8String?, isDeleted: Bool)] {
        behind.sorted().compactMap { id in
            documents[id].map { (id, $0.type, $0.isDeleted) }
        }
    }

    /// The rows were written.
    mutating func checkpointed() {
        storeIsEmpty = false
        behind.removeAll(keepingCapacity: true)
        documents = documents.filter { touched.contains($0.key) }
        touched.removeAll(keepingCapacity: true)
    }

    private func load(_ id: ObjectID, store: any SpaceStore) throws(SpaceError) -> ObjectDocument {
        guard !storeIsEmpty else { return ObjectDocument(id: id) }
        let state: [UInt8]?
        do { state = try store.objectState(id) } catch { throw .store(error) }
        guard let state else { return ObjectDocument(id: id) }
        do { return try ObjectDocument(loading: state) } catch {
            throw .damagedObject(id, cause: error)
        }
    }
}
