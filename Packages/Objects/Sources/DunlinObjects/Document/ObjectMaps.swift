import DunlinMapCRDT

/// The maps of an object by container index. Most objects have the root alone, which takes no dictionary.
struct ObjectMaps: Sendable {
    private var root = MapContainer<Value>()
    private var others: [Int: MapContainer<Value>] = [:]

    subscript(index: Int) -> MapContainer<Value>? {
        get { index == 0 ? root : others[index] }
        set { if index == 0 { root = newValue ?? MapContainer() } else { others[index] = newValue } }
    }

    /// Changes a map where it lies; nothing when there is none.
    mutating func change(_ index: Int, _ body: (inout MapContainer<Value>) -> Void) {
        if index == 0 { return body(&root) }
        guard let place = others.index(forKey: index) else { return }
        body(&others.values[place])
    }
}
