import DunlinCausality
import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects

/// Several changes that become one block: seen together by everybody, or not at all.
public struct SpaceTransaction: ~Copyable {
    var space: Space
    private let replica: ReplicaID
    private var number: UInt64
    private(set) var changes: [ObjectChange] = []
    /// Documents as they were, for taking everything back; nil for those too large to copy.
    private(set) var before: [ObjectID: ObjectDocument?] = [:]

    /// Documents with more events than this are rebuilt from the feeds when a transaction fails, so that
    /// editing one never copies it.
    private static let copyLimit = 4_096

    init(_ space: consuming Space) {
        replica = ReplicaID(raw: space.secrets.data.publicKey.raw)
        number = space.nextEvent
        self.space = space
    }

    consuming func finish() -> (Space, [ObjectChange], [ObjectID: ObjectDocument?]) {
        (space, changes, before)
    }

    /// Edits one object; it comes into being when it is not there yet.
    public mutating func edit<R>(
        _ object: ObjectID, _ body: (inout ObjectEditor) throws(ObjectError) -> R
    ) throws(SpaceError) -> R {
        // For everybody else such a change has no effect.
        guard OwnedObject.isWritable(object, by: space.secrets.data.publicKey) else {
            throw .ownedObject(object)
        }
        if before[object] == nil {
            let document = try space.mending { space throws(SpaceError) in
                try space.data.objects.open(object, store: space.store)
                return try space.data.objects.document(object, store: space.store)
            }
            before[object] = .some(document.graph.count <= Self.copyLimit ? document : nil)
        }
        let replica = self.replica, first = number
        let outcome = try space.data.objects.update(object, store: space.store) {
            document throws(ObjectError) in
            try document.edit(replica: replica, firstSequence: first, body)
        }
        switch outcome {
        case .failure(let error): throw .object(error)
        case .success(let (result, change)):
            if let change {
                number += UInt64(change.unitCount)
                changes.append(ObjectChange(object: object, change: change.encoded()))
            }
            return result
        }
    }

    /// The object as it stands in this transaction, maybe without its history.
    public mutating func document(_ object: ObjectID) throws(SpaceError) -> ObjectDocument {
        try space.document(object)
    }
}
