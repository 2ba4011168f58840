import DunlinCausality
import DunlinObjects
import Testing

@Suite struct TransactionTests {
    @Test(arguments: Seeds.first(12))
    func `each event leads to the transaction that it is of, on every replica`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 900)
        var objects = try (1...3).map { try ObjectReplicaTests.make(UInt8($0)) }
        for step in 0..<60 {
            let index = Int.random(in: 0..<3, using: &random), other = Int.random(in: 0..<3, using: &random)
            try ObjectReplicaTests.edit(&objects[index], &random, time: UInt64(step))
            try objects[other].merge(objects[index].encode(since: objects[other].version))
        }
        for index in objects.indices {
            let object = try ObjectReplica(loading: objects[index].saved(), replica: objects[index].replica)
            #expect(object.history().count > 10, "seed \(seed)")
            for transaction in object.history() {
                for number in transaction.events {
                    let event = EventID(replica: transaction.author, sequence: number)
                    #expect(object.transaction(containing: event) == transaction, "seed \(seed)")
                }
            }
            for replica in objects.map(\.replica) {
                let next = EventID(
                    replica: replica, sequence: object.document.graph.nextSequence(of: replica))
                #expect(object.transaction(containing: next) == nil, "seed \(seed)")
            }
        }
    }

    @Test func `when a run of text was written is told, until that was forgotten`() throws {
        var object = try ObjectReplicaTests.make(1), other = try ObjectReplicaTests.make(2)
        try object.edit(time: 10) { editor throws(ObjectError) in try editor.put(.text("abc"), at: "text") }
        try other.merge(object.encode())
        try other.edit(time: 20) { editor throws(ObjectError) in
            try editor.put(.integer(1), at: "n")
            try editor.insertText("de", at: 3, in: "text")
        }
        try object.merge(other.encode(since: object.version))
        let times = try object.authorship(of: 0..<5, inTextAt: "text").map { run in
            object.transaction(containing: run.first)?.time
        }
        #expect(times == [10, 20])
        let before = try #require(object.version(after: object.history()[0]))
        try object.forgetHistory(before: before)
        let left = try object.authorship(of: 0..<5, inTextAt: "text").map { run in
            object.transaction(containing: run.first)?.time
        }
        #expect(left == [nil, 20])
    }
}
