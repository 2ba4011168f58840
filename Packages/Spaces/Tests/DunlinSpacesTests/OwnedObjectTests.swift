import DunlinEncoding
import DunlinKeys
import DunlinObjects
import Testing

@testable import DunlinSpaces

/// Objects that one data feed alone can change.
@Suite struct OwnedObjectTests {
    private static func feed(_ seed: UInt64) throws -> PublicSigningKey {
        var random = SeededRandom(seed: seed)
        return try SigningKey.make(random: &random).publicKey
    }

    /// What a feed's first block does to an object.
    private static func change(
        of object: ObjectID, in feed: PublicSigningKey, from first: UInt64 = 0, to value: Int64
    ) throws -> DunlinSpaces.ObjectChange {
        var document = ObjectDocument(id: object)
        let (_, change) = try document.edit(replica: .init(raw: feed.raw), firstSequence: first) {
            editor throws(ObjectError) in try editor.put(.integer(value), at: "n")
        }
        return DunlinSpaces.ObjectChange(object: object, change: try #require(change).encoded())
    }

    @Test func `the id of an owned object says its kind and its feed, as the specification has it`() throws {
        let feed = try Self.feed(1)
        for kind in OwnedObject.allCases {
            let id = kind.id(of: feed)
            let hash = Digest.blake2b(Array("owned".utf8), [kind.rawValue], feed.bytes).bytes
            #expect(id.bytes == Array("owned".utf8) + [kind.rawValue] + hash.prefix(10))
            #expect(OwnedObject.isOwned(id))
            #expect(OwnedObject.isWritable(id, by: feed))
            #expect(try !OwnedObject.isWritable(id, by: Self.feed(2)))
        }
        #expect(OwnedObject.card.id(of: feed) != OwnedObject.letters.id(of: feed))
        let later = try #require(
            ObjectID(bytes: Array("owned".utf8) + [9] + [UInt8](repeating: 0, count: 10)))
        #expect(!OwnedObject.isWritable(later, by: feed))
        let other = try #require(ObjectID(bytes: Array("own".utf8) + [UInt8](repeating: 0, count: 13)))
        #expect(!OwnedObject.isOwned(other) && OwnedObject.isWritable(other, by: feed))
    }

    @Test func `a change of another's object has no effect, and those beside it have theirs`() throws {
        let owner = try Self.feed(1), thief = try Self.feed(2), store = MemorySpaceStore()
        let owned = OwnedObject.card.id(of: owner)
        let free = try #require(ObjectID(bytes: [UInt8](repeating: 3, count: 16)))
        var pipeline = DataPipeline()
        func apply(_ changes: [DunlinSpaces.ObjectChange], _ feed: PublicSigningKey) throws -> [ObjectID] {
            try pipeline.apply(
                Transaction(dependencies: [], controlHeads: nil, wallClock: 0, changes: changes), feed: feed,
                isAuthorised: true, store: store)
        }
        #expect(try apply([Self.change(of: owned, in: owner, to: 1)], owner) == [owned])
        let changed = try apply(
            [
                Self.change(of: owned, in: thief, to: 2),
                // It goes on where the one before ended, as if that had had an effect.
                Self.change(of: free, in: thief, from: 1, to: 3),
            ], thief)
        #expect(changed == [free])
        func value(_ id: ObjectID) throws -> ObjectValue? {
            try pipeline.objects.document(id, store: store).value(at: "n")
        }
        #expect(try value(owned) == .integer(1))
        #expect(try value(free) == .integer(3))
        let document = try pipeline.objects.document(free, store: store)
        #expect(document.versionVector[.init(raw: thief.raw)] == 2)
    }
}
