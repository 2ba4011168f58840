import DunlinCausality
import DunlinEncoding
import DunlinMapCRDT
import Testing

@Suite struct MapContainerTests {
    @Test(arguments: Seeds.first(150))
    func `a container shows what the set of its events says, with few keys and with many`(seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed)
        let keyCount = [3, 16, 17, 60][random.below(4)]
        var graph = CausalGraph(), reference = ReferenceMap(), container = MapContainer<CBORValue>()
        var known: Set<Int> = []
        for step in 0..<150 {
            let writer = try replica(1 + random.below(4))
            var parents = graph.frontier
            if random.once(in: 2), graph.count > 0 {
                let own = graph.lastEvent(of: writer, below: .max)
                parents = graph.dominators(of: [random.below(graph.count)] + (own.map { [$0] } ?? []))
            }
            let sequence = graph.nextSequence(of: writer)
            let isLinear = parents == graph.frontier
            let version = try graph.append(replica: writer, sequence: sequence, count: 1, parents: parents)
                .lowerBound
            let key = UTF8String("k\(random.below(keyCount))")
            let value: CBORValue? = random.once(in: 3) ? nil : .unsigned(UInt64(step))
            container.apply(key, value, version: version, parents: parents, isLinear: isLinear, graph: graph)
            let past = parents.reduce(into: Set<Int>()) {
                $0.formUnion(reference.events[$1].past.union([$1]))
            }
            let operation = value.map(ReferenceMap.Operation.set) ?? .delete
            known.insert(
                reference.append(EventID(replica: writer, sequence: sequence), key, operation, past: past))
            let shown = reference.shown(known)
            #expect(container.keys == ReferenceMap.sorted(shown.keys), "seed \(seed), step \(step)")
            #expect(container.conflicts(key).map(\.value) == shown[key]?.values ?? [], "seed \(seed)")
            #expect(container[key] == shown[key]?.values.first, "seed \(seed)")
        }
        var restored = MapContainer<CBORValue>()
        for key in container.keys {
            for register in container.conflicts(key) {
                restored.restore(key, register.value, version: register.version, graph: graph)
            }
        }
        #expect(restored.keys == container.keys && restored.isEmpty == container.isEmpty)
        for key in container.keys {
            #expect(restored.conflicts(key) == container.conflicts(key), "seed \(seed)")
        }
    }

    @Test func `a container that was emptied is as good as new`() throws {
        var graph = CausalGraph(), container = MapContainer<Int>()
        let writer = try replica(1)
        for isDeleted in [false, true, false, true] {
            for number in 0..<40 {
                let versions = try graph.append(
                    replica: writer, sequence: graph.nextSequence(of: writer), count: 1)
                container.apply(
                    UTF8String("\(number)"), isDeleted ? nil : number, version: versions.lowerBound,
                    parents: [],
                    isLinear: true, graph: graph)
            }
            #expect(container.isEmpty == isDeleted && container.keys.count == (isDeleted ? 0 : 40))
        }
    }
}
