import DunlinEncoding
import DunlinKeys
import Testing

@testable import DunlinCredentials

@Suite struct LimitTests {
    /// What becomes of acts that are added one after the other.
    private static func errors(_ acts: [Act]) -> (Membership, [CredentialError?]) {
        var machine = Membership()
        let errors = acts.map { machine.add($0) }
        return (machine, errors)
    }

    @Test func `a space has 1,000 members, and takes another when one has gone`() {
        var maker = ActShape.Maker()
        for number in 1...1_000 { maker.admit("P\(number)", by: "A") }
        maker.add("A", .remove(key("P7"), cosigners: []))
        maker.admit("Q", by: "A")
        maker.admit("R", by: "A")
        let (machine, errors) = Self.errors(maker.acts)
        #expect(errors.firstIndex { $0 != nil } == 1_000)
        #expect(errors[1_000] == .tooManyMembers)
        #expect(errors[1_001] == nil && errors[1_002] == nil)
        #expect(errors[1_003] == .tooManyMembers)
        #expect(machine.current.members.count == 1_000)
        #expect(machine.current.deviceCount == 1_000)
    }

    @Test func `an identity has 32 devices in a space; its own key lets in more, for who has lost them`() {
        var acts: [Act] = []
        func add(_ deed: Act.Deed, device: PublicSigningKey?) {
            let id = Digest.blake2b(Array("\(acts.count)".utf8))
            acts.append(
                Act(
                    id: id, parents: acts.last.map { [$0.id] } ?? [], identity: key("A"), device: device,
                    deed: deed))
        }
        add(.genesis(device: key("A1")), device: key("A1"))
        for number in 2...33 { add(.admitDevice(key("A\(number)")), device: key("A1")) }
        for number in 34...66 { add(.admitDevice(key("A\(number)")), device: nil) }
        add(.revokeDevice(key("A2")), device: nil)
        add(.admitDevice(key("A70")), device: nil)
        let (machine, errors) = Self.errors(acts)
        #expect(errors.indices.filter { errors[$0] != nil } == [32, 65])
        #expect(errors[32] == .tooManyOwnDevices && errors[65] == .tooManyOwnDevices)
        #expect(machine.current.deviceCount == 64)
    }

    @Test func `a space has 1,400 devices`() {
        var maker = ActShape.Maker()
        for number in 1...44 { maker.admit("P\(number)", by: "A") }
        for person in 1...44 {
            for number in 2...32 {
                maker.add("P\(person)", .admitDevice(key("P\(person).\(number)")), device: "P\(person)1")
            }
        }
        maker.admit("Q", by: "A")
        let (machine, errors) = Self.errors(maker.acts)
        #expect(errors.count { $0 != nil } == 1 + 44 * 32 - 1_400 + 1)
        #expect(errors.compactMap { $0 }.allSatisfy { $0 == .tooManyDevices })
        #expect(machine.current.deviceCount == 1_400)
    }

    @Test func `devices let in side by side are no more than 64, and take no place of a senior's`() {
        var acts: [Act] = []
        func add(_ deed: Act.Deed, by device: String, after parents: [CredentialID]) -> CredentialID {
            let id = Digest.blake2b(Array("\(acts.count)".utf8))
            acts.append(
                Act(id: id, parents: parents, identity: key("A"), device: key(device), deed: deed))
            return id
        }
        let genesis = add(.genesis(device: key("A1")), by: "A1", after: [])
        let stolen = add(.admitDevice(key("A2")), by: "A1", after: [genesis])
        var fakes: [CredentialID] = []
        for number in 0..<200 {
            fakes.append(add(.admitDevice(key("F\(number)")), by: "A2", after: [stolen]))
        }
        var last = add(.admitDevice(key("A3")), by: "A1", after: [stolen])
        for number in 4...10 { last = add(.admitDevice(key("A\(number)")), by: "A1", after: [last]) }
        let (machine, errors) = Self.errors(acts)
        #expect(errors.allSatisfy { $0 == nil })
        let devices = machine.current.members[key("A")]?.devices
        #expect(devices?.count == 64)
        #expect((1...10).allSatisfy { devices?[key("A\($0)")] != nil })
        // One that is gone makes room; in every order of arrival the same are present.
        let present = (0..<200).first { devices?[key("F\($0)")] != nil } ?? 0
        _ = add(.revokeDevice(key("F\(present)")), by: "A1", after: [fakes[present]])
        let (after, _) = Self.errors(acts)
        let (turned, _) = Self.errors(
            [acts[0], acts[1]] + acts[202...209] + acts[2...201].reversed() + [acts[210]])
        let left = after.current.members[key("A")]?.devices
        #expect(left?.count == 64 && left?[key("F\(present)")] == nil)
        #expect(left.map { Set($0.keys) } == turned.current.members[key("A")].map { Set($0.devices.keys) })
    }

    @Test func `a device that was let in twice has one place among the 64, whichever was known first`() {
        var acts: [String: Act] = [:]
        func add(_ name: String, _ deed: Act.Deed, by device: String, after parents: [String]) {
            acts[name] = Act(
                id: Digest.blake2b(Array(name.utf8)), parents: parents.compactMap { acts[$0]?.id },
                identity: key("A"), device: key(device), deed: deed)
        }
        add("A1", .genesis(device: key("A1")), by: "A1", after: [])
        add("A2", .admitDevice(key("A2")), by: "A1", after: ["A1"])
        let fakes = (0..<100).map { "F\($0)" }
        for name in fakes { add(name, .admitDevice(key(name)), by: "A2", after: ["A2"]) }
        // The junior's admission of D is the one that holds, and comes behind all others in the order.
        add("junior", .admitDevice(key("D")), by: "A2", after: ["F0"])
        for (number, before) in ["A2", "A3", "A4", "A5"].enumerated() {
            add("A\(number + 3)", .admitDevice(key("A\(number + 3)")), by: "A1", after: [before])
        }
        add("senior", .admitDevice(key("D")), by: "A1", after: ["A6"])
        let first = ["A1", "A2"], own = ["A3", "A4", "A5", "A6"]
        let orders = [
            first + own + ["senior"] + fakes + ["junior"], first + fakes + ["junior"] + own + ["senior"],
            first + ["F0", "junior"] + own + ["senior"] + fakes[1...],
        ]
        let found = orders.map { order -> [PublicSigningKey: CredentialID] in
            let (machine, errors) = Self.errors(order.compactMap { acts[$0] })
            #expect(errors.allSatisfy { $0 == nil })
            let devices = machine.current.members[key("A")]?.devices.map { ($0, machine.entries[$1].act.id) }
            return Dictionary(uniqueKeysWithValues: devices ?? [])
        }
        #expect(found.allSatisfy { $0.count == 64 && $0[key("D")] == nil })
        #expect(found[0] == found[1] && found[1] == found[2])
    }

    @Test func `a rotation leaves room for what else its credential says`() throws {
        var random = SeededRandom(seed: 12)
        let space = try #require(SpaceID(bytes: random.bytes(32)))
        let person = try Person(space, &random)
        let boxes = try (0..<1_400).map { _ in try AgreementKey.make(random: &random).publicKey }
        let older = (0..<100).map { _ in ContentKey.make(random: &random) }
        let rotation = try KeyRotation(
            to: .make(random: &random), sealedTo: boxes, wrapping: older, space: space,
            besides: FeedCut.countLimit, random: &random)
        #expect((1_200...SealedKey.batchLimit).contains(rotation.sealed.count))
        let cuts = try (0..<FeedCut.countLimit).map { number in
            FeedCut(
                feed: try SigningKey.make(random: &random).publicKey, length: 1 << 40 - UInt64(number) - 1,
                treeHash: Digest.blake2b([UInt8(number)]))
        }
        #expect(throws: Never.self) {
            try person.issue(
                .remove(person.identity.publicKey, cuts: cuts, rotation: rotation), space, parents: [])
        }
    }
}
