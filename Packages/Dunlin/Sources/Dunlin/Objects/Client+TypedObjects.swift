import DunlinCredentials
import DunlinEncoding
import DunlinObjects
import DunlinSpaces

/// An object with its id.
public struct Found<Object: DunlinObject>: Sendable {
    /// The object's name in its space; it never changes.
    public var id: ObjectID
    /// The object as it is now.
    public var object: Object
}

extension Client {
    /// Keeps a value as a new object.
    public func insert<T: DunlinObject>(_ object: T, into space: SpaceID) throws(ClientError) -> ObjectID {
        try insert(ObjectCoding.value(object), type: UTF8String(T.objectType), into: space)
    }

    /// Reads an object as a value of a type.
    /// - Throws: ``SpaceError/unknownObject(_:)`` as ``ClientError/space(_:)``;
    /// ``ClientError/undecodable(type:reason:)`` when its fields do not fit the type.
    public func get<T: DunlinObject>(_ id: ObjectID, as type: T.Type, in space: SpaceID) throws(ClientError)
        -> T
    {
        try ObjectCoding.object(object(id, in: space))
    }

    /// Changes an object. What `body` left alone is not written, so fields that other versions of the app
    /// know survive, and texts are edited rather than replaced.
    public func update<T: DunlinObject>(
        _ id: ObjectID, as type: T.Type, in space: SpaceID, _ body: (inout T) throws(ClientError) -> Void
    ) throws(ClientError) {
        var object: T = try get(id, as: type, in: space)
        let before = try ObjectCoding.value(object)
        try body(&object)
        let after = try ObjectCoding.value(object)
        guard case .map(let old) = before, case .map(let new) = after else { return }
        try edit(id, in: space) { editor throws(ObjectError) in
            for key in old.keys.sorted() where new[key] == nil { try editor.remove(ObjectPath([.key(key)])) }
            for (key, value) in new.sorted(by: { $0.key < $1.key }) where old[key] != value {
                try editor.put(value, at: ObjectPath([.key(key)]))
            }
        }
    }

    /// All objects of a type, in id order.
    public func fetch<T: DunlinObject>(_ type: T.Type, in space: SpaceID) throws(ClientError) -> [Found<T>] {
        var found: [Found<T>] = []
        for id in try objectIDs(in: space, type: UTF8String(T.objectType)) {
            found.append(Found(id: id, object: try get(id, as: type, in: space)))
        }
        return found
    }

    /// All objects of a type, now and after each change of the space.
    public func updates<T: DunlinObject>(
        _ type: T.Type, in space: SpaceID
    ) -> AsyncThrowingStream<[Found<T>], any Error> {
        let events = events()
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let task = Task {
                do {
                    continuation.yield(try self.fetch(type, in: space))
                    for await event in events {
                        guard case .objectsChanged(space, _) = event else { continue }
                        if self.isClosed { break }
                        continuation.yield(try self.fetch(type, in: space))
                    }
                    continuation.finish()
                } catch { continuation.finish(throwing: error) }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}
