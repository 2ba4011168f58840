import DunlinEncoding
import DunlinTextCRDT

/// Gathers what an edit or a merge does to the texts that an object shows.
struct TextChanges {
    private struct Gathered {
        /// Where the text stood before; nil when it stood nowhere.
        var path: ObjectPath?
        var deltas: [TextDelta] = []
    }

    private var texts: [ContainerID: Gathered] = [:]
    /// Whether all texts that stood somewhere before are known.
    private var isComplete = false

    /// Finds out what stood where before an operation that changes that, or changes a text.
    ///
    /// Typing into texts of fields is most of what happens, and needs no walk through the object.
    mutating func prepare(for operation: Operation, on target: ContainerID, in document: ObjectDocument) {
        guard !isComplete else { return }
        switch operation {
        case .add, .mark: return
        case .text where target.isEnsured:
            guard texts[target] == nil else { return }
            texts[target] = Gathered(path: document.path(of: target))
        case .text, .list, .set, .delete, .ensure:
            for (index, path) in document.paths() where document.containers[index].kind == .text {
                let deltas = texts[document.containers[index]]?.deltas ?? []
                texts[document.containers[index]] = Gathered(path: path, deltas: deltas)
            }
            isComplete = true
        }
    }

    /// Whether a text stood somewhere before.
    func follows(_ id: ContainerID) -> Bool { texts[id]?.path != nil }

    mutating func add(_ deltas: [TextDelta], to id: ContainerID) { texts[id]?.deltas += deltas }

    /// What has happened, in the order of the paths where the texts stand now.
    func changes(in document: ObjectDocument) -> [ObjectTextChange] {
        var finder = PathFinder(document)
        var changes: [(change: ObjectTextChange, name: UTF8String)] = []
        for (id, gathered) in texts where !gathered.deltas.isEmpty {
            guard let oldPath = gathered.path, let path = finder.path(of: id) else { continue }
            let change = ObjectTextChange(
                container: id, oldPath: oldPath, path: path, deltas: gathered.deltas)
            changes.append((change, UTF8String(path.description)))
        }
        return changes.sorted { $0.name < $1.name }.map(\.change)
    }
}

extension ContainerID {
    /// Whether its name says where it stands: it and all around it were ensured.
    fileprivate var isEnsured: Bool {
        switch self {
        case .root: true
        case .made: false
        case .ensured(let parent, _, _): parent.isEnsured
        }
    }
}
