import DunlinKeys
import Testing

@testable import DunlinCredentials

@Suite struct MembershipTests {
    @Test(arguments: Scenario.all) func `members follow from what crossed`(_ scenario: Scenario) {
        let acts = scenario.acts.split(separator: "\n").map { Act(line: $0) }
        var generator = SeededGenerator(seed: 1)
        for round in 0..<20 {
            let outcome = Outcome(round == 0 ? acts : acts.shuffled(using: &generator))
            #expect(outcome.members == scenario.members, "\(scenario.name), round \(round)")
            #expect(outcome.without == scenario.without, "\(scenario.name), round \(round)")
        }
    }
}

/// What a machine says of some acts, in words.
struct Outcome: Equatable {
    var members: String
    var without: String

    /// - Parameter acts: In any order; what comes before its parents waits for them.
    init(_ acts: [Act]) { self.init(Membership(of: acts)) }
}

extension Membership {
    init(of acts: [Act]) {
        self.init()
        var left = acts[...]
        while !left.isEmpty {
            var late: [Act] = []
            for act in left {
                if act.parents.allSatisfy({ index[$0] != nil }) { _ = add(act) } else { late.append(act) }
            }
            precondition(late.count < left.count, "parents are missing")
            left = late[...]
        }
    }
}

@Suite struct MembershipPropertyTests {
    @Test func `the order of arrival changes nothing`() {
        for seed in Seeds.first(120) {
            let acts = RandomActs(seed: seed, count: 10 + Int(seed % 30)).acts
            let machine = Membership(of: acts)
            let expected = Outcome(machine)
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<2 {
                let other = Membership(of: acts.shuffled(using: &generator))
                #expect(Outcome(other) == expected, "seed \(seed)")
                #expect(other.isSuspended == machine.isSuspended, "seed \(seed)")
            }
        }
    }

    @Test func `an act is as valid alone with its past as among all others`() {
        for seed in Seeds.first(60) {
            let acts = RandomActs(seed: seed, count: 30).acts
            let whole = Membership(of: acts)
            for (number, entry) in whole.entries.enumerated() where number.isMultiple(of: 3) {
                let past = acts.filter { act in
                    whole.index[act.id].map { $0 == number || entry.past.contains($0) } ?? false
                }
                let alone = Membership(of: past)
                let isValid = alone.index[entry.act.id].map { alone.entries[$0].standing != nil }
                #expect(isValid == (entry.standing != nil), "seed \(seed), act \(number)")
            }
        }
    }

    @Test func `what is judged at a place is what its past alone says`() {
        for seed in Seeds.first(40) {
            let acts = RandomActs(seed: seed, count: 30).acts
            var whole = Membership(of: acts)
            var generator = SeededGenerator(seed: seed)
            for _ in 0..<5 {
                let heads = (0...generator.below(3)).map { _ in generator.below(whole.entries.count) }
                let past = whole.entries.indices.filter { number in
                    heads.contains { $0 == number || whole.entries[$0].past.contains(number) }
                }
                let alone = Membership(of: past.map { whole.entries[$0].act })
                let judgement = whole.judgement(at: heads)
                #expect(Outcome(alone) == Outcome(whole, by: judgement), "seed \(seed)")
            }
        }
    }

    @Test func `no junior moves a senior`() {
        var attacks = 0
        for seed in Seeds.first(120) {
            var sample = RandomActs(seed: seed, count: 20)
            let before = Membership(of: sample.acts)
            let ranked = before.current.members.sorted {
                before.entries[$0.value.admission].rank < before.entries[$1.value.admission].rank
            }
            guard ranked.count > 1 else { continue }
            let place = 1 + Int(seed) % (ranked.count - 1)
            let attacker = ranked[place].key
            // Who was taken out and let in again can still act from its first life, as what it was then.
            let firstRank = before.related.admissions[attacker, default: []]
                .filter { before.entries[$0].standing != nil }.map { before.entries[$0].rank }.min()
            sample.attack(by: attacker, count: 8)
            attacks += 1
            let after = Membership(of: sample.acts)
            for senior in ranked[..<place] {
                guard let firstRank, before.entries[senior.value.admission].rank < firstRank else { continue }
                let now = after.current.members[senior.key]
                // A device that somebody else has let in, when the member was let in once more, is that one's
                // to take back.
                let devices = senior.value.devices.filter { _, admission in
                    admission == senior.value.admission
                        || before.entries[admission].act.identity == senior.key
                }
                #expect(now?.role == senior.value.role, "seed \(seed)")
                for (device, admission) in devices {
                    #expect(now?.devices[device] == admission, "seed \(seed)")
                }
            }
        }
        #expect(attacks > 0)
    }

    @Test func `only the founder itself or a council takes the founder out`() {
        for seed in Seeds.first(60) {
            let machine = Membership(of: RandomActs(seed: seed, count: 35).acts)
            guard machine.current.members[key("A")]?.admission != 0 else { continue }
            let byRight = machine.entries.enumerated().contains { number, entry in
                guard case .remove(key("A"), _, _) = entry.act.deed, machine.current.live.contains(number)
                else { return false }
                return entry.standing?.isLeaving == true || entry.standing?.council != nil
            }
            #expect(byRight, "seed \(seed)")
        }
    }

    @Test func `what takes a device out does so for everybody who claims it`() {
        // Two identities of one person come with the same device at the same time.
        let lines = """
            g after -: A.a1 genesis
            1y after g: A.a1 admit Y.d admin
            1z after g: A.a1 admit Z.d admin
            2z after 1z: Z.d device.admit z2
            3s after 1y+2z: Z.z2 suspect d
            3r after 1y+2z: Z.root device.revoke d
            """
        let acts = lines.split(separator: "\n").map { Act(line: $0) }
        let late = Membership(of: acts)
        let early = Membership(of: Array(acts[..<2]) + acts[2...].reversed())
        #expect(Outcome(early) == Outcome(late))
        #expect(Outcome(late).members == "A=admin(a1) Y=admin() Z=admin(z2)")
    }

    @Test func `an invite lets in no more devices than it says`() {
        for seed in Seeds.first(60) {
            let machine = Membership(of: RandomActs(seed: seed, count: 35).acts)
            for (number, entry) in machine.entries.enumerated() {
                guard case .invite(_, let limit) = entry.act.deed else { continue }
                let live = machine.related.redemptions[number, default: []].filter(
                    machine.current.live.contains)
                let devices = Set(live.map { machine.device(admittedBy: $0) })
                #expect(live.count <= limit && devices.count == live.count, "seed \(seed)")
            }
        }
    }
}

extension Outcome {
    /// What a machine says of the acts that a judgement includes.
    init(_ machine: Membership, by judgement: Judgement) {
        members = Outcome.words(judgement.members)
        without = machine.entries.enumerated().compactMap { number, entry -> String? in
            guard judgement.included.contains(number) else { return nil }
            let id = name(entry.act.id.bytes)
            if entry.standing == nil { return "\(id)=invalid" }
            return judgement.live.contains(number) ? nil : "\(id)=void"
        }.sorted().joined(separator: " ")
    }

    init(_ machine: Membership) { self.init(machine, by: machine.current) }

    private static func words(_ members: some Sequence<(key: IdentityID, value: JudgedMember)>) -> String {
        members.map { identity, member in
            let devices = member.devices.keys.map { name($0.bytes) }.sorted()
            return "\(name(identity.bytes))=\(member.role)(\(devices.joined(separator: "+")))"
        }.sorted().joined(separator: " ")
    }
}

extension Membership {
    /// Devices that get no new keys.
    var isSuspended: Set<DeviceID> {
        Set(current.members.values.flatMap(\.devices.keys).filter { isSuspended($0, in: current) })
    }
}
