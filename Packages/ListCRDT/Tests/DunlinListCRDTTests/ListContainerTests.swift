import DunlinCausality
import DunlinListCRDT
import DunlinSequences
import Testing

/// The list as an object holds it, beside a graph that is shared with others.
@Suite struct ListContainerTests {
    /// Two writers insert behind "a" without knowing of each other, then one of them deletes.
    private static func makeList() throws -> (ListContainer<String>, CausalGraph, [ListDelta<String>]) {
        var graph = CausalGraph(), list = ListContainer<String>(), deltas: [ListDelta<String>] = []
        func apply(
            _ operation: SequenceOperation, _ elements: [String], by writer: Int, after parents: Frontier
        ) throws {
            let frontier = graph.frontier, replica = ReplicaID.number(writer)
            let versions = try graph.append(
                replica: replica, sequence: graph.nextSequence(of: replica), count: operation.count,
                parents: parents)
            list.apply(
                operation, inserted: elements, versions: versions, parents: parents, frontier: frontier,
                graph: graph,
                report: { deltas.append($0) })
        }
        try apply(SequenceOperation(.insert, at: 0, count: 1), ["a"], by: 1, after: [])
        // Something else that the graph holds.
        try graph.append(replica: .number(1), sequence: graph.nextSequence(of: .number(1)), count: 4)
        let fork = graph.frontier
        try apply(SequenceOperation(.insert, at: 1, count: 2), ["b", "c"], by: 1, after: fork)
        try apply(SequenceOperation(.insert, at: 1, count: 2), ["x", "y"], by: 2, after: fork)
        try apply(SequenceOperation(.deleteBackward, at: 2, count: 2), [], by: 2, after: [graph.count - 1])
        return (list, graph, deltas)
    }

    @Test func `operations of a shared graph give elements, deltas and older versions`() throws {
        let (list, graph, deltas) = try Self.makeList()
        #expect(list.elements == ["a", "b", "c"] && list[1] == "b" && list[1..<3] == ["b", "c"])
        var mirror: [String] = []
        for delta in deltas { mirror.apply(delta) }
        #expect(mirror == list.elements)
        #expect(list.elements(at: graph.frontier, graph: graph) == ["a", "b", "c"])
        #expect(list.elements(at: [8], graph: graph) == ["a", "x", "y"])
        #expect(list.elements(at: [7], graph: graph) == ["a", "x"])
        #expect(list.elements(at: [], graph: graph) == [])
        #expect(list.inserted(1..<4).map(Array.init) == ["b", "c", "x"])
    }

    @Test(arguments: [false, true])
    func `elements of a restored list can be set and moved`(hasInserted: Bool) throws {
        let (old, graph, _) = try Self.makeList()
        var list = ListContainer(
            log: old.log, elements: old.elements,
            inserted: hasInserted ? Array(old.inserted(0..<5) ?? []) : [])
        let version = graph.count
        list.set(contentsOf: ["B", "C"], at: 1, versions: version..<version + 2)
        list.move(from: 2, to: 0, version: version + 2)
        #expect(list.elements == ["C", "a", "B"])
        #expect(list.inserted(5..<7).map(Array.init) == ["B", "C"])
        #expect(list.elements(at: graph.frontier, graph: graph) == (hasInserted ? old.elements : nil))
    }

    @Test(arguments: [false, true])
    func `a restored list goes on, with what was inserted before or without`(hasInserted: Bool) throws {
        let (old, graph, _) = try Self.makeList()
        var list = ListContainer(
            log: old.log, elements: old.elements,
            inserted: hasInserted ? Array(old.inserted(0..<5) ?? []) : [])
        let version = graph.count
        list.insert("d", at: 1, version: version)
        list.insert(contentsOf: ["e", "f"], at: 4, versions: version + 1..<version + 3)
        list.delete(2..<3, versions: version + 3..<version + 4)
        #expect(list.elements == ["a", "d", "c", "e", "f"])
        #expect(list.inserted(5..<8).map(Array.init) == ["d", "e", "f"])
        #expect(list.inserted(1..<3).map(Array.init) == (hasInserted ? ["b", "c"] : nil))
        #expect(list.elements(at: graph.frontier, graph: graph) == (hasInserted ? old.elements : nil))
    }
}
