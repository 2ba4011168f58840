import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinSequences
import DunlinTextCRDT
import Testing

/// Replicas whose programs write whatever can be written: positions anywhere, containers that nobody made,
/// marks that hold on to anything.
@Suite struct HostileConvergenceTests {
    private static let text = 1, list = 2, count = 3

    private static func replica(_ number: Int) throws -> ReplicaID {
        try #require(ReplicaID(bytes: [UInt8](repeating: UInt8(number), count: 32)))
    }

    private static func event(_ random: inout SeededGenerator) throws -> EventID {
        EventID(
            replica: try replica(Int.random(in: 1...4, using: &random)),
            sequence: UInt64.random(in: 0..<60, using: &random))
    }

    private static func anchor(_ random: inout SeededGenerator) throws -> Operation.Anchor {
        let side: TextAnchor.Side = Bool.random(using: &random) ? .before : .after
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return .border(side)
        case 1: return .scalarOfWriter(sequence: UInt64.random(in: 0..<60, using: &random), side)
        default:
            let event = try event(&random)
            return .scalar(event, side)
        }
    }

    private static func value(_ random: inout SeededGenerator) -> Operation.NewValue {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .make(.list)
        case 1: .make(.map)
        default: .scalar(.integer(Int64.random(in: 0..<1_000, using: &random)))
        }
    }

    private static func sequence(
        _ random: inout SeededGenerator, isList: Bool
    ) -> (SequenceOperation, count: Int) {
        let position = Int.random(in: 0..<10, using: &random), count = Int.random(in: 1...3, using: &random)
        switch Int.random(in: 0..<(isList ? 7 : 4), using: &random) {
        case 0, 1: return (SequenceOperation(.insert, at: min(position, 6), count: count), count)
        case 2: return (SequenceOperation(.deleteForward, at: position, count: count), 0)
        case 3:
            return (SequenceOperation(.deleteBackward, at: position, count: min(count, position + 1)), 0)
        case 4: return (SequenceOperation(.set, at: position, count: count), count)
        default:
            return (SequenceOperation(moving: position, to: Int.random(in: 0..<10, using: &random)), 0)
        }
    }

    private static func change(_ random: inout SeededGenerator) throws -> Change {
        var change = Change()
        change.targets = [
            .root, .ensured(parent: 0, key: "t", kind: .text), .ensured(parent: 0, key: "l", kind: .list),
            .ensured(parent: 0, key: "n", kind: .counter),
        ]
        let made = Int.random(in: 0..<2, using: &random) == 0
        if made {
            let event = try event(&random)
            change.targets.append(.made(event, kind: Bool.random(using: &random) ? .list : .map))
        }
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let key: UTF8String = Bool.random(using: &random) ? "a" : "b"
            switch Int.random(in: 0..<12, using: &random) {
            case 0: change.operations.append((0, .set(key: key, value(&random))))
            case 1: change.operations.append((0, .delete(key: key)))
            case 2: change.operations.append((0, .ensure(key: "t", .text)))
            case 3: change.operations.append((0, .ensure(key: "l", .list)))
            case 4: change.operations.append((Self.count, .add(1)))
            case 5, 6:
                let (operation, count) = sequence(&random, isList: false)
                let inserted = (0..<count).map { _ in UInt8.random(in: 97...122, using: &random) }
                change.operations.append((text, .text(operation, inserted: inserted)))
            case 7:
                let start = try anchor(&random), end = try anchor(&random)
                let value: CBORValue? = Bool.random(using: &random) ? .bool(true) : nil
                change.operations.append(
                    (text, .mark(.init(start: start, end: end, key: key, value: value))))
            default:
                let (operation, count) = sequence(&random, isList: true)
                let inserted = (0..<count).map { _ in value(&random) }
                var target = list
                if case .made(_, .list)? = change.targets.last { target = 4 }
                change.operations.append((target, .list(operation, inserted: inserted)))
            }
        }
        return change
    }

    /// An update of one transaction that follows everything its writer knows.
    private static func update(of change: Change, by object: ObjectReplica) throws -> [UInt8] {
        var graph = object.document.graph
        let start = graph.count
        _ = try graph.append(replica: object.replica, count: change.unitCount)
        var writer = ByteWriter()
        writer.raw(object.document.id.bytes)
        EventBatch(of: graph, in: [start..<graph.count]).write(&writer)
        writer.varint(1)
        writer.zigzag(0)
        writer.sized(change.encoded())
        return writer.bytes
    }

    private static func syncAll(_ objects: inout [ObjectReplica]) throws {
        for _ in 0..<2 {
            for source in objects {
                for index in objects.indices {
                    try objects[index].merge(source.encode(since: objects[index].version))
                }
            }
        }
    }

    @Test(arguments: Seeds.first(30))
    func `whatever is written, all show the same, also who has forgotten or reads lazily`(seed: UInt64) throws
    {
        var random = SeededGenerator(seed: seed + 1)
        var objects = try (1...4).map { try ObjectReplicaTests.make(UInt8($0)) }
        // Reads without history until it merges.
        var lazy = objects[0].document
        var agreed = VersionVector()
        for step in 0..<100 {
            let index = Int.random(in: 0..<4, using: &random)
            let change = try Change(decoding: Self.change(&random).encoded())
            try objects[index].merge(Self.update(of: change, by: objects[index]))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<4:
                let other = Int.random(in: 0..<4, using: &random)
                let since = Bool.random(using: &random) ? objects[other].version : agreed
                try objects[other].merge(objects[index].encode(since: since))
                #expect(objects[other].version.dominates(objects[index].version), "seed \(seed)")
            case 4:
                objects[index] = try ObjectReplica(
                    loading: objects[index].saved(), replica: objects[index].replica)
            case 5 where step > 20:
                try Self.syncAll(&objects)
                agreed = objects[0].version
            case 6 where !agreed.isEmpty:
                let other = Int.random(in: 1..<4, using: &random), before = objects[other].document
                try objects[other].forgetHistory(before: agreed)
                #expect(
                    objects[other].document.canonicalState() == before.canonicalState(), "seed \(seed)")
            case 7:
                let document = objects[index].document, history = try document.savedHistory()
                lazy = try ObjectDocument(loading: document.savedContent()) { history }
                #expect(lazy.canonicalState() == document.canonicalState(), "seed \(seed)")
                var edited = change, opened = document
                edited.operations = edited.operations.filter { $0.target == Self.list }
                let stranger = try Self.replica(9), frontier = lazy.frontier
                try? lazy.apply(edited, replica: stranger, firstSequence: 0, parents: frontier)
                try? opened.apply(edited, replica: stranger, firstSequence: 0, parents: frontier)
                #expect(lazy.canonicalState() == opened.canonicalState(), "seed \(seed)")
            default: break
            }
        }
        try Self.syncAll(&objects)
        let state = objects[0].document.canonicalState()
        for object in objects {
            #expect(object.document.canonicalState() == state, "seed \(seed)")
            #expect(try object.state(at: object.version).canonicalState() == state, "seed \(seed)")
            let loaded = try ObjectReplica(loading: object.saved(), replica: object.replica)
            #expect(loaded.document.canonicalState() == state, "seed \(seed)")
            if !agreed.isEmpty {
                #expect(
                    try object.state(at: agreed).canonicalState()
                        == objects[0].state(at: agreed).canonicalState(), "seed \(seed)")
            }
        }
    }
}
