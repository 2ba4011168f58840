import DunlinCausality
import DunlinSequences

/// Lists in an object.
extension ObjectEditor {
    /// Inserts values before the element at `position`.
    /// - Throws: ``ObjectError`` when there is no list at the path, or it is shorter.
    public mutating func insert(
        _ values: [ObjectValue], at position: Int, inList path: ObjectPath
    ) throws(ObjectError) {
        let index = try listIndex(path)
        let count = document.lists[index]?.count ?? 0
        guard (0...count).contains(position) else { throw .outOfRange(position..<position, count: count) }
        try insertElements(values, at: position, in: index)
    }

    /// Deletes the elements in `range`.
    /// - Throws: ``ObjectError`` when there is no list at the path, or it is shorter.
    public mutating func delete(_ range: Range<Int>, inList path: ObjectPath) throws(ObjectError) {
        let index = try listIndex(path)
        let count = document.lists[index]?.count ?? 0
        guard range.lowerBound >= 0, range.upperBound <= count else { throw .outOfRange(range, count: count) }
        try deleteElements(range, in: index)
    }

    /// Moves an element, which stays the same one: of several who move it at once one wins, and nothing is
    /// there twice. To change an element where it is, put a value at its path.
    /// - Parameter destination: its position afterwards.
    /// - Throws: ``ObjectError`` when there is no list at the path, or it is shorter.
    public mutating func move(
        from position: Int, to destination: Int, inList path: ObjectPath
    ) throws(ObjectError) {
        let index = try listIndex(path)
        let count = document.lists[index]?.count ?? 0
        for place in [position, destination] where !(0..<count).contains(place) {
            throw .outOfRange(place..<place, count: count)
        }
        guard position != destination else { return }
        try record(.move(from: position, to: destination), on: document.containers[index])
    }

    private func listIndex(_ path: ObjectPath) throws(ObjectError) -> Int {
        guard let index = document.container(at: path), document.containers[index].kind == .list else {
            throw .noContainer(path: path.description, kind: .list)
        }
        return index
    }

    mutating func putList(_ items: [ObjectValue], in index: Int) throws(ObjectError) {
        let before = (document.lists[index]?.elements ?? []).map { document.resolved($0) }
        let shorter = min(before.count, items.count)
        var start = 0
        while start < shorter, before[start] == items[start] { start += 1 }
        var tail = 0
        while tail < shorter - start, before[before.count - 1 - tail] == items[items.count - 1 - tail] {
            tail += 1
        }
        let old = start..<before.count - tail, new = start..<items.count - tail
        guard old.count == new.count, !old.isEmpty else {
            try deleteElements(old, in: index)
            return try insertElements(Array(items[new]), at: start, in: index)
        }
        let last = old.upperBound - 1
        if before[start] == items[last], before[start + 1...last] == items[start..<last] {
            try record(.move(from: start, to: last), on: document.containers[index])
        } else if before[last] == items[start], before[start..<last] == items[start + 1...last] {
            try record(.move(from: last, to: start), on: document.containers[index])
        } else {
            for position in old where before[position] != items[position] {
                try putElement(items[position], at: position, in: index)
            }
        }
    }

    /// Makes an element what `value` says: it stays the same element, and a container of the same kind the
    /// same container.
    mutating func putElement(_ value: ObjectValue, at position: Int, in index: Int) throws(ObjectError) {
        let present = document.lists[index]?[position]
        if try putInside(present, value) { return }
        if let scalar = value.scalar, present == scalar { return }
        try putElements([value], .set, at: position, in: index)
    }

    mutating func insertElements(
        _ values: [ObjectValue], at position: Int, in index: Int
    ) throws(ObjectError) {
        guard !values.isEmpty else { return }
        try putElements(values, .insert, at: position, in: index)
    }

    /// Inserts or sets elements.
    private mutating func putElements(
        _ values: [ObjectValue], _ kind: SequenceOperation.Kind, at position: Int, in index: Int
    ) throws(ObjectError) {
        let first = sequence
        let inserted = values.map { value in
            value.scalar.map(Operation.NewValue.scalar) ?? .make(value.containerKind)
        }
        try record(
            .list(SequenceOperation(kind, at: position, count: values.count), inserted: inserted),
            on: document.containers[index])
        for (offset, value) in values.enumerated() where value.scalar == nil {
            let event = EventID(replica: replica, sequence: first + UInt64(offset))
            guard let made = document.indices[.made(event, value.containerKind)] else { continue }
            try fill(made, with: value)
        }
    }

    mutating func deleteElements(_ range: Range<Int>, in index: Int) throws(ObjectError) {
        guard !range.isEmpty else { return }
        try record(
            .list(SequenceOperation(.deleteForward, at: range.lowerBound, count: range.count), inserted: []),
            on: document.containers[index])
    }
}

extension Operation {
    /// Moves an element of a list.
    fileprivate static func move(from position: Int, to destination: Int) -> Operation {
        .list(SequenceOperation(moving: position, to: destination), inserted: [])
    }
}
