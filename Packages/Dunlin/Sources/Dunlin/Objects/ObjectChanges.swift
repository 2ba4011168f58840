import DunlinCredentials
import DunlinObjects
import DunlinSpaces

/// A part of an object as it was when somebody asked for it, and how it has changed since he did before.
public struct WatchedChange: Sendable {
    /// What stands at the path; nil while nothing does: before the object has come, or after it was deleted.
    public var value: ObjectValue?
    /// Where it differs from the value before: paths from the object's root, those of lists and texts whole.
    /// The first of all says what there was already.
    public var differences: [ObjectDifference]
}

/// A part of an object, now and each time that it has changed, whoever changed it.
///
/// Whoever asks slowly gets several changes as one; none is left out. Changes elsewhere in the object are not
/// told. For one reader.
public struct ObjectChanges: AsyncSequence, Sendable {
    /// Goes from change to change.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: Client
        let object: ObjectID
        let path: ObjectPath
        let space: SpaceID
        var events: AsyncStream<PeerEvent>.AsyncIterator
        /// What was told last; nil before anything was.
        var last: ObjectPart?

        /// What has changed; nil when the client is closed or the task cancelled.
        /// - Throws: ``ClientError`` when the object cannot be read.
        public mutating func next() async throws(ClientError) -> WatchedChange? {
            guard let last else {
                return change(to: try await client.part(of: object, at: path, in: space), from: nil)
            }
            while let event = await events.next(isolation: nil) {
                guard case .objectsChanged(space, let objects) = event, objects.contains(object) else {
                    continue
                }
                // What happened before it was closed can no longer be read.
                guard await !client.isClosed else { return nil }
                let change = change(to: try await client.part(of: object, at: path, in: space), from: last)
                if !change.differences.isEmpty { return change }
            }
            return nil
        }

        private mutating func change(to part: ObjectPart, from last: ObjectPart?) -> WatchedChange {
            self.last = part
            let differences = part.differences(since: last ?? ObjectPart(missingAt: path))
            return WatchedChange(value: part.value, differences: differences)
        }
    }

    let client: Client
    let object: ObjectID
    let path: ObjectPath
    let space: SpaceID
    /// Begun before the first value is read, so that nothing is missed between the two.
    let events: AsyncStream<PeerEvent>

    /// Begins with the value as it is.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(
            client: client, object: object, path: path, space: space, events: events.makeAsyncIterator())
    }
}

extension Client {
    /// A part of an object, now and each time that it has changed here or elsewhere; the whole object when no
    /// path is given. It need not have come yet.
    public func changes(
        of object: ObjectID, at path: ObjectPath = ObjectPath(), in space: SpaceID
    ) -> ObjectChanges {
        ObjectChanges(client: self, object: object, path: path, space: space, events: events())
    }

    fileprivate func part(
        of object: ObjectID, at path: ObjectPath, in space: SpaceID
    ) throws(ClientError) -> ObjectPart {
        do throws(SpaceError) {
            return try peer.read(object, in: space) { $0.part(at: path) }
        } catch .unknownObject { return ObjectPart(missingAt: path) } catch { throw .space(error) }
    }
}
