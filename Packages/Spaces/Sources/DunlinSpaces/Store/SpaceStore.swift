import DunlinFeeds
import DunlinObjects
import DunlinEncoding

/// What a space keeps: its feeds, the state of its objects derived from them, and small metadata.
///
/// Reads see every commit that returned. A conformer has one writer; the owner of the store calls it
/// from one isolation domain.
/// - Source: `Docs/Spec/Storage.md`.
public protocol SpaceStore: AnyObject, FeedReading {
    /// Writes the whole batch durably, or nothing of it.
    /// - Throws: the store's error; nothing was written, the caller may try again.
    func commit(_ batch: SpaceBatch) throws(StoreError)

    /// ``ObjectRow/state`` of one object; nil when it has never been saved.
    func objectState(_ id: ObjectID) throws(StoreError) -> [UInt8]?

    /// ``ObjectRow/history`` of one object; nil when it has never been saved.
    func objectHistory(_ id: ObjectID) throws(StoreError) -> [UInt8]?

    /// Ids of saved objects in id order, deleted ones included; of one type when `type` is given.
    /// - Complexity: O(*n*) in the objects returned (the type is indexed).
    func objectIDs(type: UTF8String?) throws(StoreError) -> [ObjectID]

    /// A metadata value, nil when absent.
    func metadata(_ key: String) throws(StoreError) -> [UInt8]?

    /// Metadata entries whose key begins with `prefix`, in key order.
    func metadata(prefix: String) throws(StoreError) -> [(key: String, value: [UInt8])]
}

/// The saved state of an object: derived from feeds, so it can be deleted and rebuilt.
public struct ObjectRow: Hashable, Sendable {
    /// The object.
    public var id: ObjectID
    /// The object's `@type`; nil for an untyped one.
    public var type: UTF8String?
    /// Whether it is deleted; its state stays.
    public var isDeleted: Bool
    /// The current value as JSON text, for queries.
    public var json: String
    /// What reading needs, as `ObjectDocument.savedContent()` writes it.
    public var state: [UInt8]
    /// What merging needs besides, as `ObjectDocument.savedHistory()` writes it: of the same version.
    public var history: [UInt8]

    /// A row of these fields.
    public init(
        id: ObjectID, type: UTF8String?, isDeleted: Bool, json: String, state: [UInt8], history: [UInt8]
    ) {
        self.id = id
        self.type = type
        self.isDeleted = isDeleted
        self.json = json
        self.state = state
        self.history = history
    }
}

/// What one commit writes; all of it becomes durable together.
public struct SpaceBatch: Sendable {
    /// What feeds grew by.
    public var feeds: [FeedWrite] = []
    /// Rows that replace those of the same objects.
    public var objects: [ObjectRow] = []
    /// nil removes the key.
    public var metadata: [String: [UInt8]?] = [:]

    /// A batch that writes nothing.
    public init() {}

    /// Whether it writes nothing.
    public var isEmpty: Bool { feeds.isEmpty && objects.isEmpty && metadata.isEmpty }
}
