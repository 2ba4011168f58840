import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinMapCRDT
import DunlinSequences
import DunlinTextCRDT

/// An object as one mergeable document: a tree of maps, lists, texts and counters under a root map, with one
/// causal graph for all of them.
///
/// Copies share storage until one of them changes.
/// - Source: `Docs/Spec/Changes.md`.
public struct ObjectDocument: Sendable {
    /// The object's name in its space.
    public let id: ObjectID
    /// All events of the object; none of them before ``open()`` when the object was loaded without its
    /// history.
    public internal(set) var graph = CausalGraph()
    var rootMap = MapContainer<Value>()
    /// What else there is than the root: one element, or none, since most objects need no more and keep that
    /// room.
    private var nested: [NestedContainers] = []

    /// An object that nothing has happened to.
    public init(id: ObjectID) {
        self.id = id
    }

    /// Changes what there is besides the root, and makes room for it.
    mutating func withNested<Result>(_ body: (inout NestedContainers) -> Result) -> Result {
        if nested.isEmpty { nested.append(NestedContainers()) }
        return body(&nested[0])
    }

    /// Containers in the order in which they became known; a container's index is its place here.
    var containers: [ContainerID] { nested.isEmpty ? NestedContainers.rootAlone : nested[0].ids }
    /// The index of each container.
    var indices: [ContainerID: Int] { nested.isEmpty ? NestedContainers.rootIndex : nested[0].indices }
    /// How deep each container was made; the root is 0.
    var depths: [Int] { nested.isEmpty ? NestedContainers.rootDepth : nested[0].depths }
    var lists: [Int: ListContainer<Value>] { nested.isEmpty ? [:] : nested[0].lists }
    var texts: [Int: TextContainer] { nested.isEmpty ? [:] : nested[0].texts }
    var counters: [Int: Int64] { nested.isEmpty ? [:] : nested[0].counters }

    /// The map with an index; nil when that is no map's.
    func map(_ index: Int) -> MapContainer<Value>? {
        index == 0 ? rootMap : nested.isEmpty ? nil : nested[0].maps[index]
    }

    var sealed: SealedHistory? { nested.isEmpty ? nil : nested[0].sealed }

    /// What is known of each replica's events in the object.
    public var versionVector: VersionVector { sealed?.version ?? graph.versionVector }
    /// The object's events that are in no other's past. They are in ``graph`` after ``open()`` only, but can
    /// be parents of a change before.
    public var frontier: Frontier { sealed?.frontier ?? graph.frontier }
    /// No operation was ever applied.
    public var isEmpty: Bool { sealed?.version.isEmpty ?? (graph.isEmpty && graph.horizon == nil) }

    /// The field `@type`.
    public var type: UTF8String? {
        guard case .string(let type)? = rootMap["@type"] else { return nil }
        return type
    }

    /// The field `@deleted`.
    public var isDeleted: Bool { rootMap["@deleted"] == .bool(true) }

    // MARK: Reading

    /// Everything in the object but the reserved fields.
    public func root() -> ObjectValue {
        guard case .map(var fields) = value(ofContainer: 0) else { return .map([:]) }
        for key in Array(fields.keys) where key.isReserved { fields[key] = nil }
        return .map(fields)
    }

    func value(ofContainer index: Int) -> ObjectValue {
        switch containers[index].kind {
        case .map:
            guard let map = map(index) else { return .map([:]) }
            var fields: [UTF8String: ObjectValue] = [:]
            for key in map.keys { fields[key] = map[key].map(resolved) }
            return .map(fields)
        case .list: return .list((lists[index]?.elements ?? []).map(resolved))
        case .text: return .text(texts[index]?.string ?? "")
        case .counter: return .counter(counters[index] ?? 0)
        }
    }

    func resolved(_ value: Value) -> ObjectValue {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .double(let value): .double(value)
        case .string(let value): .string(value)
        case .bytes(let value): .bytes(value)
        case .reference(let id): .reference(id)
        case .container(let id): indices[id].map(value(ofContainer:)) ?? .null
        }
    }

    /// The text at a path, without copying it.
    public func text(at path: ObjectPath) -> TextContainer? {
        guard let index = container(at: path), containers[index].kind == .text else { return nil }
        return texts[index] ?? TextContainer()
    }

    /// Who wrote a range of scalars of the text at a path, in runs; empty when there is no text.
    ///
    /// The first call replays the text's history into an index that the object keeps from then on.
    /// - Throws: as ``open()``.
    /// - Complexity: O(log *n*) for each run, once the index is made.
    public mutating func authorship(
        of range: Range<Int>, inTextAt path: ObjectPath
    ) throws(ObjectError) -> [TextAuthorship] {
        guard let index = container(at: path), containers[index].kind == .text else { return [] }
        try open()
        let graph = graph
        return withNested { $0.texts[index]?.authorship(of: range, graph: graph) ?? [] }
    }

    /// The value at a path; nil when there is none.
    public func value(at path: ObjectPath) -> ObjectValue? {
        if let index = container(at: path) { return value(ofContainer: index) }
        guard let last = path.steps.last, let parent = container(at: path.parent) else { return nil }
        return child(last, of: parent).map(resolved)
    }

    /// All values of a field that no later write has seen, the one that shows first.
    public func conflicts(at path: ObjectPath) -> [ObjectValue] {
        guard case .key(let key)? = path.steps.last, let parent = container(at: path.parent) else {
            return []
        }
        return map(parent)?.conflicts(key).map { resolved($0.value) } ?? []
    }

    /// The name of the container at a path, by which ``path(of:)`` finds it again wherever it then stands;
    /// nil when there is none.
    public func containerID(at path: ObjectPath) -> ContainerID? {
        container(at: path).map { containers[$0] }
    }

    /// The index of the container at a path.
    func container(at path: ObjectPath) -> Int? {
        var index = 0
        for step in path.steps {
            guard case .container(let id)? = child(step, of: index), let next = indices[id] else {
                return nil
            }
            index = next
        }
        return index
    }

    /// How deep a container is; nil for one that nobody has made.
    func depth(of id: ContainerID) -> Int? {
        if let index = indices[id] { return depths[index] }
        guard case .ensured(let parent, _, _) = id else { return nil }
        return depth(of: parent).map { $0 + 1 }
    }

    private func child(_ step: ObjectPath.Step, of container: Int) -> Value? {
        switch step {
        case .key(let key): return map(container)?[key]
        case .index(let index):
            guard let list = lists[container], index >= 0, index < list.count else { return nil }
            return list[index]
        }
    }

    /// Containers may be nested so deep: whoever reads an object recurses into them.
    static let depthLimit = 64

    /// The container's index, made when it was not known.
    /// - Parameter depth: where it is made; nil where that is known from its name.
    mutating func index(of id: ContainerID, depth: Int? = nil) -> Int {
        if let index = indices[id] { return index }
        let depth = depth ?? self.depth(of: id) ?? Self.depthLimit
        return withNested { $0.add(id, depth: depth) }
    }
}
