import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces

extension Client {
    /// Makes several changes that others see together or not at all; durable when it returns.
    @discardableResult
    public func commit<R>(
        to space: SpaceID, _ body: (inout SpaceTransaction) throws(SpaceError) -> R
    ) throws(ClientError) -> R {
        try demandOriginal()
        do throws(SpaceError) {
            let result = try peer.commit(to: space, wallClock: wallClock, random: &random, body)
            flush()
            return result
        } catch { throw .space(error) }
    }

    /// Makes a new object from a map of fields.
    public func insert(
        _ fields: ObjectValue, type: UTF8String? = nil, into space: SpaceID
    ) throws(ClientError) -> ObjectID {
        let id = try newObjectID()
        try commit(to: space) { transaction throws(SpaceError) in
            try transaction.edit(id) { editor throws(ObjectError) in
                if let type { try editor.setType(type) }
                try editor.put(fields, at: "")
            }
        }
        return id
    }

    /// Edits an object that exists.
    public func edit(
        _ object: ObjectID, in space: SpaceID, _ body: (inout ObjectEditor) throws(ObjectError) -> Void
    ) throws(ClientError) {
        _ = try value(object, in: space) { _ in }
        try commit(to: space) { transaction throws(SpaceError) in try transaction.edit(object, body) }
    }

    /// Marks an object as deleted. Concurrent edits are kept and do not bring it back.
    public func delete(_ object: ObjectID, in space: SpaceID) throws(ClientError) {
        try edit(object, in: space) { editor throws(ObjectError) in try editor.setDeleted(true) }
    }

    /// The object with all its fields.
    public func object(_ object: ObjectID, in space: SpaceID) throws(ClientError) -> ObjectValue {
        try value(object, in: space) { $0.root() }
    }

    /// Reads an object where it is.
    public func value<R>(
        _ object: ObjectID, in space: SpaceID, _ body: (ObjectDocument) -> R
    ) throws(ClientError) -> R {
        do throws(SpaceError) { return try peer.read(object, in: space, body) } catch { throw .space(error) }
    }

    /// Ids of objects that are not deleted, of one type when given, in id order.
    public func objectIDs(in space: SpaceID, type: UTF8String? = nil) throws(ClientError) -> [ObjectID] {
        do throws(SpaceError) { return try peer.objectIDs(in: space, type: type) } catch {
            throw .space(error)
        }
    }

    // MARK: Replaying recorded sessions

    /// Applies blocks only below the lengths given for each data feed; others are stored and wait.
    public func hold(_ limits: [PublicSigningKey: UInt64]?, in space: SpaceID) throws(ClientError) {
        do throws(SpaceError) { _ = try peer.hold(limits, in: space) } catch { throw .space(error) }
        flush()
    }

    /// Blocks of each feed that are applied to the objects; the others wait for what they were made upon.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func appliedLengths(in space: SpaceID) throws(ClientError) -> [PublicSigningKey: UInt64] {
        do throws(SpaceError) { return try peer.appliedLengths(in: space) } catch { throw .space(error) }
    }

    /// Blocks of each feed that are stored here, applied or not.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func storedLengths(in space: SpaceID) throws(ClientError) -> [PublicSigningKey: UInt64] {
        do throws(SpaceError) { return try peer.storedLengths(in: space) } catch { throw .space(error) }
    }

    /// The key of this device's own data feed.
    public func ownDataFeed(in space: SpaceID) throws(ClientError) -> PublicSigningKey {
        do throws(SpaceError) { return try peer.ownDataFeed(in: space) } catch { throw .space(error) }
    }
}
