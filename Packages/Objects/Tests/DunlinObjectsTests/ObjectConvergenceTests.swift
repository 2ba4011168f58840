import DunlinCausality
import DunlinEncoding
import DunlinObjects
import DunlinTextCRDT
import Testing

/// A change on its way: what a block would carry and imply.
struct Delivery {
    var replica: ReplicaID
    var sequence: UInt64
    var parents: [EventID]
    var change: [UInt8]
    var units: Int
}

struct Replica {
    let id: ReplicaID
    var document: ObjectDocument
    var next: UInt64 = 0
    var sent: [Delivery] = []

    init(_ number: UInt8) throws {
        id = try #require(ReplicaID(bytes: [UInt8](repeating: number, count: 32)))
        document = ObjectDocument(id: try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16))))
    }

    mutating func edit(_ body: (inout ObjectEditor) throws -> Void) throws {
        let frontier = document.frontier
        let (_, change) = try document.edit(replica: id, firstSequence: next, body)
        guard let change else { return }
        let parents = frontier.map { document.graph.event(at: $0) }
        sent.append(
            Delivery(
                replica: id, sequence: next, parents: parents, change: change.encoded(),
                units: change.unitCount))
        // Blocks begin at multiples of 2^32, so numbers have gaps.
        next = (next >> 32 + 1) << 32
    }

    /// Applies a delivery; false when something before it is missing.
    mutating func receive(_ delivery: Delivery) throws -> Bool {
        if document.versionVector.contains(EventID(replica: delivery.replica, sequence: delivery.sequence)) {
            return true
        }
        // Else the graph knows nobody.
        try document.open()
        var parents: [LocalVersion] = []
        for event in delivery.parents {
            guard let version = document.graph.localVersion(of: event) else { return false }
            parents.append(version)
        }
        try document.apply(
            Change(decoding: delivery.change), replica: delivery.replica, firstSequence: delivery.sequence,
            parents: document.graph.dominators(of: parents))
        return true
    }
}

@Suite struct ObjectConvergenceTests {
    static func randomValue(_ random: inout SeededGenerator, depth: Int = 0) -> ObjectValue {
        switch Int.random(in: 0..<(depth < 2 ? 11 : 7), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2: .integer(Int64.random(in: .min ... .max, using: &random))
        case 3: .double([0, -0.0, .nan, .infinity, 1.5e300].randomElement(using: &random) ?? 0)
        case 4: .string(UTF8String(["é", "e\u{301}", "", "\u{0}"].randomElement(using: &random) ?? ""))
        case 5: .bytes([1, 2, 3])
        case 6: .string("x")
        case 7: .text("text 👍")
        case 8: .counter(Int64.random(in: -5...5, using: &random))
        case 9:
            .list(
                (0..<Int.random(in: 0...3, using: &random)).map { _ in randomValue(&random, depth: depth + 1)
                })
        default:
            .map(
                Dictionary(
                    (0..<Int.random(in: 0...3, using: &random)).map {
                        (UTF8String("k\($0)"), randomValue(&random, depth: depth + 1))
                    }, uniquingKeysWith: { first, _ in first }))
        }
    }

    static func randomEdit(_ editor: inout ObjectEditor, _ random: inout SeededGenerator) throws {
        let keys: [UTF8String] = ["a", "b", "notes", "list", "n"]
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<9, using: &random) {
            case 0, 1:
                let key = keys.randomElement(using: &random) ?? "a"
                try editor.put(randomValue(&random), at: ObjectPath([.key(key)]))
            case 2: try editor.remove(ObjectPath([.key(keys.randomElement(using: &random) ?? "a")]))
            case 3:
                if case .counter? = editor.value(at: "n") {} else { try editor.remove("n") }
                try editor.add(1, to: "n")
            case 4, 5:
                if editor.text(at: "notes") == nil { try editor.remove("notes") }
                try editor.ensure("notes", .text)
                let count = editor.text(at: "notes")?.count ?? 0
                if count > 3, Bool.random(using: &random) {
                    let start = Int.random(in: 0..<count, using: &random)
                    try editor.deleteText(start..<min(count, start + 3), in: "notes")
                } else {
                    try editor.insertText("wörd", at: Int.random(in: 0...count, using: &random), in: "notes")
                }
            case 6:
                if editor.text(at: "notes") == nil { try editor.remove("notes") }
                try editor.ensure("notes", .text)
                let count = editor.text(at: "notes")?.count ?? 0
                let start = Int.random(in: 0...count, using: &random)
                try editor.markText(
                    start..<Int.random(in: start...count, using: &random),
                    keys.randomElement(using: &random) ?? "a",
                    Bool.random(using: &random) ? nil : .unsigned(UInt64.random(in: 0..<3, using: &random)),
                    expansion: MarkExpansion.allCases.randomElement(using: &random) ?? .none, in: "notes")
            default:
                if case .list? = editor.value(at: "list") {} else { try editor.remove("list") }
                try editor.ensure("list", .list)
                guard case .list(let items)? = editor.value(at: "list") else { continue }
                let place = Int.random(in: 0..<max(1, items.count), using: &random)
                switch Int.random(in: 0..<6, using: &random) {
                case 0..<2 where items.count > 2: try editor.delete(0..<1, inList: "list")
                case 2 where !items.isEmpty:
                    try editor.move(
                        from: place, to: Int.random(in: 0..<items.count, using: &random), inList: "list")
                case 3 where !items.isEmpty:
                    try editor.put(
                        randomValue(&random, depth: 1), at: ObjectPath([.key("list"), .index(place)]))
                default:
                    try editor.insert(
                        [randomValue(&random), .integer(7)],
                        at: Int.random(in: 0...items.count, using: &random),
                        inList: "list")
                }
            }
        }
    }

    @Test(arguments: Seeds.first(120))
    func `replicas with the same events have the same bytes, whatever the order of arrival`(seed: UInt64)
        throws
    {
        var random = SeededGenerator(seed: seed + 1)
        let count = Int.random(in: 2...4, using: &random)
        var replicas = try (0..<count).map { try Replica(UInt8($0 + 1)) }
        for _ in 0..<40 {
            let index = Int.random(in: 0..<count, using: &random)
            try replicas[index].edit { try Self.randomEdit(&$0, &random) }
            let from = Int.random(in: 0..<count, using: &random),
                to = Int.random(in: 0..<count, using: &random)
            for delivery in replicas[from].sent { guard try replicas[to].receive(delivery) else { break } }
            if Int.random(in: 0..<6, using: &random) == 0 {
                let before = replicas[to].document
                replicas[to].document = try ObjectDocument(loading: before.saved())
                #expect(replicas[to].document.canonicalState() == before.canonicalState(), "seed \(seed)")
            }
        }
        var pending = true
        while pending {
            pending = false
            for from in 0..<count {
                for to in 0..<count {
                    for delivery in replicas[from].sent where try !replicas[to].receive(delivery) {
                        pending = true
                    }
                }
            }
        }
        for replica in replicas {
            #expect(
                replica.document.canonicalState() == replicas[0].document.canonicalState(), "seed \(seed)")
            #expect(replica.document.root() == replicas[0].document.root(), "seed \(seed)")
        }
    }

    @Test func `one typed character costs less than forty bytes`() throws {
        var replica = try Replica(1)
        try replica.edit { try $0.put(.text("hello"), at: "notes") }
        try replica.edit { try $0.insertText("x", at: 5, in: "notes") }
        #expect(replica.sent[1].change.count < 40)
        #expect(replica.document.value(at: "notes") == .text("hellox"))
    }

    @Test func `concurrent additions to a counter add up and a text made twice is one text`() throws {
        var a = try Replica(1), b = try Replica(2)
        try a.edit {
            try $0.add(2, to: "n"); try $0.put(.text("one "), at: "t")
        }
        try b.edit {
            try $0.add(3, to: "n"); try $0.put(.text("two "), at: "t")
        }
        for delivery in a.sent { _ = try b.receive(delivery) }
        for delivery in b.sent { _ = try a.receive(delivery) }
        #expect(a.document.value(at: "n") == .counter(5))
        #expect(b.document.value(at: "n") == .counter(5))
        #expect(a.document.value(at: "t") == b.document.value(at: "t"))
        #expect(a.document.text(at: "t")?.count == 8)
    }

    @Test func `the loser of a concurrent write can be read, and a delete spares what it has not seen`()
        throws
    {
        var a = try Replica(1), b = try Replica(2)
        try a.edit { try $0.put(.integer(1), at: "x") }
        for delivery in a.sent { _ = try b.receive(delivery) }
        try a.edit { try $0.put(.integer(2), at: "x") }
        try b.edit { try $0.put(.integer(3), at: "x") }
        for delivery in b.sent { _ = try a.receive(delivery) }
        #expect(a.document.value(at: "x") == .integer(3))
        #expect(a.document.conflicts(at: "x") == [.integer(3), .integer(2)])
        try b.edit { try $0.remove("x") }
        for delivery in b.sent { _ = try a.receive(delivery) }
        #expect(a.document.value(at: "x") == .integer(2))
    }

    @Test func `changed bytes of a change are refused or read strictly, never trapped on`() throws {
        var random = SeededGenerator(seed: 3)
        var replica = try Replica(1)
        for _ in 0..<20 { try replica.edit { try Self.randomEdit(&$0, &random) } }
        for delivery in replica.sent {
            for end in 0..<delivery.change.count {
                #expect(throws: ObjectError.self) { try Change(decoding: Array(delivery.change[..<end])) }
            }
            for _ in 0..<100 {
                var changed = delivery.change
                let index = Int.random(in: 0..<changed.count, using: &random)
                changed[index] ^= UInt8.random(in: 1...255, using: &random)
                guard let change = try? Change(decoding: changed) else { continue }
                #expect(change.encoded() == changed)
                var fresh = try Replica(9)
                try? fresh.document.apply(change, replica: fresh.id, firstSequence: 0, parents: [])
            }
        }
    }
}
