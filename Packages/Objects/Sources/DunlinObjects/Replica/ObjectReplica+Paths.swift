import DunlinCausality
import DunlinEncoding

extension ObjectReplica {
    /// Where changes have changed the object as it is shown, each place once and in order.
    func paths(of changes: [(change: Change, writer: ReplicaID)]) -> [ObjectPath] {
        guard !changes.isEmpty else { return [] }
        var finder = PathFinder(document)
        var result: Set<ObjectPath> = []
        for (change, writer) in changes {
            let ids = change.containers(writer: writer)
            for (target, operation) in change.operations {
                // A container that no key shows any more has no path.
                guard let path = finder.path(of: ids[target]) else { continue }
                switch operation {
                case .set(let key, _), .delete(let key), .ensure(let key, _):
                    result.insert(path.appending(key))
                case .text, .list, .add, .mark: result.insert(path)
                }
            }
        }
        return result.map { (path: $0, name: UTF8String($0.description)) }.sorted { $0.name < $1.name }.map(
            \.path)
    }
}

extension ObjectPath {
    /// Whether a change at another path concerns what is at this one: it is there, above, or below.
    public func isTouched(by other: ObjectPath) -> Bool {
        zip(steps, other.steps).allSatisfy { $0 == $1 }
    }
}

/// Finds where containers are shown. One that was ensured says so itself; only for others the whole object is
/// walked, once.
struct PathFinder {
    private let document: ObjectDocument
    private var known: [ContainerID: ObjectPath?] = [:]
    private var walked: [Int: ObjectPath]?

    init(_ document: ObjectDocument) { self.document = document }

    mutating func path(of id: ContainerID) -> ObjectPath? {
        if let path = known[id] { return path }
        let path = find(id)
        known[id] = .some(path)
        return path
    }

    private mutating func find(_ id: ContainerID) -> ObjectPath? {
        switch id {
        case .root: return ObjectPath()
        case .ensured(let parent, let key, _):
            guard let index = document.indices[parent], document.map(index)?[key] == .container(id) else {
                return nil
            }
            return path(of: parent)?.appending(key)
        case .made:
            if walked == nil { walked = document.paths() }
            return document.indices[id].flatMap { walked?[$0] }
        }
    }
}

extension ObjectDocument {
    /// Where a container stands; nil when no key or list shows it.
    /// - Complexity: O(*d*) in how deep it is where it and all around it were ensured; else O(*n*) in the
    ///   containers and the elements of lists.
    public func path(of id: ContainerID) -> ObjectPath? {
        var finder = PathFinder(self)
        return finder.path(of: id)
    }

    /// The path of each container that is shown in one that stands at a path, itself included, by index.
    func paths(from index: Int = 0, at path: ObjectPath = ObjectPath()) -> [Int: ObjectPath] {
        var paths: [Int: ObjectPath] = [:]
        collect(index, path, &paths)
        return paths
    }

    private func collect(_ index: Int, _ path: ObjectPath, _ paths: inout [Int: ObjectPath]) {
        guard paths[index] == nil else { return }
        paths[index] = path
        switch containers[index].kind {
        case .map:
            guard let map = map(index) else { return }
            for key in map.keys {
                guard case .container(let id)? = map[key], let child = indices[id] else { continue }
                collect(child, path.appending(key), &paths)
            }
        case .list:
            for (place, element) in (lists[index]?.elements ?? []).enumerated() {
                guard case .container(let id) = element, let child = indices[id] else { continue }
                collect(child, ObjectPath(path.steps + [.index(place)]), &paths)
            }
        case .text, .counter: return
        }
    }
}

extension Change {
    /// The containers that it names, when `writer` wrote it.
    func containers(writer: ReplicaID) -> [ContainerID] {
        var ids: [ContainerID] = []
        for target in targets {
            switch target {
            case .root: ids.append(.root)
            case .ensured(let parent, let key, let kind):
                ids.append(.ensured(parent: ids[parent], key: key, kind: kind))
            case .madeByWriter(let sequence, let kind):
                ids.append(.made(EventID(replica: writer, sequence: sequence), kind))
            case .made(let event, let kind): ids.append(.made(event, kind))
            }
        }
        return ids
    }
}
