import DunlinListCRDT
import DunlinMapCRDT
import DunlinTextCRDT

/// The containers of an object other than its root.
struct NestedContainers: Sendable {
    static let rootAlone: [ContainerID] = [.root]
    static let rootIndex: [ContainerID: Int] = [.root: 0]
    static let rootDepth = [0]

    /// All containers, the root too, in the order in which they became known.
    private(set) var ids = Self.rootAlone
    private(set) var indices = Self.rootIndex
    private(set) var depths = Self.rootDepth
    var maps: [Int: MapContainer<Value>] = [:]
    var lists: [Int: ListContainer<Value>] = [:]
    var texts: [Int: TextContainer] = [:]
    var counters: [Int: Int64] = [:]
    /// Of an object that was loaded: what is known of its history, until something needs it. It stands here,
    /// since most objects need no room for it.
    var sealed: SealedHistory?

    /// Makes a container; gives its index.
    mutating func add(_ id: ContainerID, depth: Int) -> Int {
        let index = ids.count
        depths.append(depth)
        ids.append(id)
        indices[id] = index
        switch id.kind {
        case .map: maps[index] = MapContainer()
        case .list: lists[index] = ListContainer()
        case .text: texts[index] = TextContainer()
        case .counter: counters[index] = 0
        }
        return index
    }
}
