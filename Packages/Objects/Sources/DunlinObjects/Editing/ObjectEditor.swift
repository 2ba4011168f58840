import DunlinCausality
import DunlinEncoding
import DunlinSequences
import DunlinTextCRDT

/// Changes an object and records the operations.
public struct ObjectEditor: ~Copyable {
    private(set) var document: ObjectDocument
    let replica: ReplicaID
    private(set) var sequence: UInt64
    private var change = Change()
    private var targets: [ContainerID: Int] = [:]
    /// What happens to texts; nil when nobody asks.
    private var textChanges: TextChanges?

    init(
        _ document: consuming ObjectDocument, replica: ReplicaID, firstSequence: UInt64,
        gathering textChanges: TextChanges?
    ) {
        self.textChanges = textChanges
        self.document = document
        self.replica = replica
        sequence = firstSequence
    }

    consuming func finish() -> (ObjectDocument, Change, TextChanges?) { (document, change, textChanges) }

    // MARK: Reading

    /// The whole object as it is now, edits included.
    public func root() -> ObjectValue { document.root() }
    /// What stands at a path; nil for nothing.
    public func value(at path: ObjectPath) -> ObjectValue? { document.value(at: path) }
    /// The text at a path; nil when there is none.
    public func text(at path: ObjectPath) -> TextContainer? { document.text(at: path) }
    /// The text at a path in runs of equal attributes; see ``ObjectDocument/attributedRuns(ofTextAt:)``.
    public mutating func attributedRuns(ofTextAt path: ObjectPath) -> [AttributedRun] {
        document.attributedRuns(ofTextAt: path)
    }
    /// The object's `@type`.
    public var type: UTF8String? { document.type }
    /// Whether the object is deleted.
    public var isDeleted: Bool { document.isDeleted }

    // MARK: Fields

    /// Sets the object's `@type`.
    /// - Throws: ``ObjectError``.
    public mutating func setType(_ type: UTF8String) throws(ObjectError) {
        try record(.set(key: "@type", .scalar(.string(type))), on: .root)
    }

    /// Deletes the object, or brings it back; its content stays.
    /// - Throws: ``ObjectError``.
    public mutating func setDeleted(_ isDeleted: Bool) throws(ObjectError) {
        try record(.set(key: "@deleted", .scalar(.bool(isDeleted))), on: .root)
    }

    /// Makes the value at a path what `value` says, with few operations: fields that are the same are not
    /// written, texts are edited by ``TextDifference``; of a list what differs between the common beginning
    /// and end, by one move or by setting elements where that is enough.
    /// - Throws: ``ObjectError/noContainer(path:kind:)`` when the path leads through nothing,
    ///   ``ObjectError/outOfRange(_:count:)`` beyond the end of a list, ``ObjectError/reservedKey(_:)``,
    ///   ``ObjectError/keyTooLong(byteCount:limit:)``, ``ObjectError/tooDeep(limit:)`` or
    ///   ``ObjectError/tooManyOperations(limit:)``.
    public mutating func put(_ value: ObjectValue, at path: ObjectPath) throws(ObjectError) {
        if path.steps.isEmpty {
            guard case .map(let fields) = value else { throw .noContainer(path: "", kind: .map) }
            try putFields(fields, in: 0, keepsReserved: true)
            return
        }
        guard let parent = document.container(at: path.parent), let step = path.steps.last else {
            throw .noContainer(path: path.parent.description, kind: .map)
        }
        switch step {
        case .key(let key):
            guard document.map(parent) != nil else {
                throw .noContainer(path: path.parent.description, kind: .map)
            }
            try putField(key, value, in: parent)
        case .index(let index):
            guard let list = document.lists[parent] else {
                throw .noContainer(path: path.parent.description, kind: .list)
            }
            guard index >= 0, index <= list.count else { throw .outOfRange(index..<index, count: list.count) }
            if index < list.count {
                try putElement(value, at: index, in: parent)
            } else {
                try insertElements([value], at: index, in: parent)
            }
        }
    }

    /// Takes away the field or list element at a path; nothing happens when there is none.
    public mutating func remove(_ path: ObjectPath) throws(ObjectError) {
        guard let step = path.steps.last, let parent = document.container(at: path.parent) else { return }
        switch step {
        case .key(let key):
            try Self.admit(key)
            guard document.map(parent)?[key] != nil else { return }
            try record(.delete(key: key), on: document.containers[parent])
        case .index(let index):
            guard let list = document.lists[parent], index >= 0, index < list.count else { return }
            try deleteElements(index..<index + 1, in: parent)
        }
    }

    /// Makes sure that there is a container of `kind` at a key; concurrent calls make one and the same.
    /// - Throws: ``ObjectError/otherValue(path:kind:)`` when something else stands there, which
    ///   ``put(_:at:)`` would replace; else as that.
    public mutating func ensure(_ path: ObjectPath, _ kind: ContainerKind) throws(ObjectError) {
        if let index = document.container(at: path), document.containers[index].kind == kind { return }
        guard document.value(at: path) == nil else {
            throw .otherValue(path: path.description, kind: kind)
        }
        guard case .key(let key)? = path.steps.last, let parent = document.container(at: path.parent),
            document.map(parent) != nil
        else { throw .noContainer(path: path.parent.description, kind: .map) }
        try Self.admit(key)
        try record(.ensure(key: key, kind), on: document.containers[parent])
    }

    private mutating func putFields(
        _ fields: [UTF8String: ObjectValue], in container: Int, keepsReserved: Bool = false
    ) throws(ObjectError) {
        for key in document.map(container)?.keys ?? [] where fields[key] == nil {
            if keepsReserved, key.isReserved { continue }
            try record(.delete(key: key), on: document.containers[container])
        }
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) { try putField(key, value, in: container) }
    }

    private mutating func putField(
        _ key: UTF8String, _ value: ObjectValue, in container: Int
    ) throws(ObjectError) {
        try Self.admit(key)
        let present = document.map(container)?[key]
        if try putInside(present, value) { return }
        if let scalar = value.scalar {
            if present == scalar, document.map(container)?.conflicts(key).count == 1 { return }
            try record(.set(key: key, .scalar(scalar)), on: document.containers[container])
            return
        }
        let event = EventID(replica: replica, sequence: sequence)
        let kind = value.containerKind
        // A text or counter that two replicas create apart is meant to be one.
        if kind == .text || kind == .counter {
            try record(.ensure(key: key, kind), on: document.containers[container])
            let id = ContainerID.ensured(parent: document.containers[container], key: key, kind: kind)
            try fill(document.index(of: id), with: value)
        } else {
            try record(.set(key: key, .make(kind)), on: document.containers[container])
            try fill(document.index(of: .made(event, kind)), with: value)
        }
    }

    /// Makes a container's content what `value` says; false when there is none of its kind.
    mutating func putInside(_ present: Value?, _ value: ObjectValue) throws(ObjectError) -> Bool {
        guard case .container(let id)? = present, value.scalar == nil, id.kind == value.containerKind,
            let index = document.indices[id]
        else { return false }
        try fill(index, with: value)
        return true
    }

    mutating func fill(_ index: Int, with value: ObjectValue) throws(ObjectError) {
        switch value {
        case .map(let fields): try putFields(fields, in: index)
        case .list(let items): try putList(items, in: index)
        case .text(let text): try putText(text, in: index)
        case .counter(let number):
            let amount = number &- (document.counters[index] ?? 0)
            if amount != 0 { try record(.add(amount), on: document.containers[index]) }
        case .null, .bool, .integer, .double, .string, .bytes, .reference: break
        }
    }

    // MARK: Texts

    /// Inserts before the scalar at `position`.
    /// - Throws: ``ObjectError`` when there is no text at the path, or it is shorter.
    public mutating func insertText(_ text: String, at position: Int, in path: ObjectPath) throws(ObjectError)
    {
        let index = try textIndex(path)
        let count = document.texts[index]?.count ?? 0
        guard (0...count).contains(position) else { throw .outOfRange(position..<position, count: count) }
        guard !text.isEmpty else { return }
        try record(.insert(text, at: position), on: document.containers[index])
    }

    /// Deletes the scalars in `range`.
    /// - Throws: ``ObjectError`` when there is no text at the path, or it is shorter.
    public mutating func deleteText(_ range: Range<Int>, in path: ObjectPath) throws(ObjectError) {
        let index = try textIndex(path)
        let count = document.texts[index]?.count ?? 0
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        try record(.deleteText(range), on: document.containers[index])
    }

    /// Gives the scalars in `range` an attribute, as `Text.mark(_:_:_:expansion:)` does.
    /// - Parameters:
    ///   - value: any value; nil takes the attribute away.
    ///   - expansion: at which ends text that is typed there becomes a part of it.
    /// - Throws: ``ObjectError`` when there is no text at the path, or it is shorter, and
    ///   ``ObjectError/unreadableMark``.
    public mutating func markText(
        _ range: Range<Int>, _ key: UTF8String, _ value: CBORValue?, expansion: MarkExpansion = .after,
        in path: ObjectPath
    ) throws(ObjectError) {
        let index = try textIndex(path)
        let count = document.texts[index]?.count ?? 0
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        guard !range.isEmpty else { return }
        guard key.utf8Count <= TextMark.longestKey else { throw .unreadableMark }
        let readable: CBORValue?
        do throws(CBORError) { readable = try TextMark.readable(value) } catch { throw .unreadableMark }
        let (start, end) = try document.anchors(around: range, ofText: index, expansion, writer: replica)
        try record(
            .mark(Operation.Mark(start: start, end: end, key: key, value: readable)),
            on: document.containers[index])
    }

    private func textIndex(_ path: ObjectPath) throws(ObjectError) -> Int {
        guard let index = document.container(at: path), document.containers[index].kind == .text else {
            throw .noContainer(path: path.description, kind: .text)
        }
        return index
    }

    private mutating func putText(_ text: String, in index: Int) throws(ObjectError) {
        let difference = TextDifference(from: document.texts[index]?.string ?? "", to: text)
        let container = document.containers[index]
        for replacement in difference.replacements.reversed() {
            if !replacement.deleted.isEmpty { try record(.deleteText(replacement.deleted), on: container) }
            if !replacement.inserted.isEmpty {
                try record(.insert(replacement.inserted, at: replacement.deleted.lowerBound), on: container)
            }
        }
    }

    // MARK: Counters

    /// Adds to the counter at a path, which is made when nothing stands there; concurrent additions add up.
    /// - Throws: as ``ensure(_:_:)``.
    public mutating func add(_ amount: Int64, to path: ObjectPath) throws(ObjectError) {
        try ensure(path, .counter)
        guard let index = document.container(at: path) else {
            throw .noContainer(path: path.description, kind: .counter)
        }
        if amount != 0 { try record(.add(amount), on: document.containers[index]) }
    }

    // MARK: Recording

    private static func admit(_ key: UTF8String) throws(ObjectError) {
        if key.isReserved { throw .reservedKey(key) }
        guard key.utf8Count <= Change.longestKey else {
            throw .keyTooLong(byteCount: key.utf8Count, limit: Change.longestKey)
        }
    }

    mutating func record(_ operation: Operation, on target: ContainerID) throws(ObjectError) {
        guard change.operations.count < Change.operationLimit else {
            throw .tooManyOperations(limit: Change.operationLimit)
        }
        let index = targetIndex(target)
        try document.apply(
            operation, on: target, replica: replica, sequence: sequence, gathering: &textChanges)
        change.operations.append((index, operation))
        sequence += UInt64(operation.unitCount)
    }

    private mutating func targetIndex(_ id: ContainerID) -> Int {
        if let index = targets[id] { return index }
        let target: Change.Target
        switch id {
        case .root: target = .root
        case .made(let event, let kind):
            target =
                event.replica == replica
                ? .madeByWriter(sequence: event.sequence, kind: kind) : .made(event, kind: kind)
        case .ensured(let parent, let key, let kind):
            target = .ensured(parent: targetIndex(parent), key: key, kind: kind)
        }
        let index = change.targets.count
        change.targets.append(target)
        targets[id] = index
        return index
    }
}

extension ObjectValue {
    /// The value as it is stored in one register; nil for containers.
    var scalar: Value? {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .bytes(let value): .bytes(value)
        case .reference(let id): .reference(id)
        case .text, .counter, .list, .map: nil
        }
    }

    var containerKind: ContainerKind {
        switch self {
        case .text: .text
        case .counter: .counter
        case .list: .list
        case .map, .null, .bool, .integer, .double, .string, .bytes, .reference: .map
        }
    }
}
