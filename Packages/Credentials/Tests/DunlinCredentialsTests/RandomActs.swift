import DunlinKeys

@testable import DunlinCredentials

/// A space in which everybody does what they like, some of it at the same time: many acts are void, and some
/// are not valid.
struct RandomActs {
    private(set) var acts: [Act] = []
    private var machine = Membership()
    private var generator: SeededGenerator

    init(seed: UInt64, count: Int) {
        generator = SeededGenerator(seed: seed)
        add(Act(line: "000 after -: A.a genesis"))
        for number in 1..<count { addRandom(number) }
    }

    private mutating func add(_ act: Act) {
        _ = machine.add(act)
        acts.append(act)
    }

    private mutating func pick<T>(_ items: [T]) -> T { items[generator.below(items.count)] }

    private mutating func addRandom(_ number: Int) {
        var parents: [Int]
        if generator.below(5) < 3 {
            let count = pick([1, 1, 2, 3])
            parents = Array(machine.frontier.shuffled(using: &generator).prefix(count))
        } else {
            parents = [max(0, machine.entries.count - 1 - generator.below(8))]
        }
        let place = machine.judgement(at: parents)
        // Bytes of a hash: in no relation to the order in which acts are made.
        let id = digest("\(generator.next() >> 44)/\(number)")
        let members = place.members.keys.sorted()
        guard !members.isEmpty else { return }
        let identity = pick(members)
        let devices = place.members[identity]?.devices.keys.sorted() ?? []
        guard !devices.isEmpty else { return }
        let device = generator.once(in: 10) ? nil : pick(devices)
        guard
            let deed = deed(
                number, by: identity, members, devices,
                invites: machine.entries.indices.filter { place.included.contains($0) })
        else { return }
        add(
            Act(
                id: id, parents: parents.map { machine.entries[$0].act.id }, identity: identity,
                device: device, deed: deed))
    }

    private mutating func deed(
        _ number: Int, by identity: IdentityID, _ members: [IdentityID], _ devices: [DeviceID],
        invites known: [Int]
    ) -> Act.Deed? {
        let target = pick(members)
        switch generator.below(19) {
        case 0...4:
            let guest = "P\(generator.below(14))"
            return .admit(
                key(guest), device: key("\(guest)/\(number)"),
                role: pick([.admin, .admin, .editor, .reader]),
                invite: nil)
        case 5, 6: return .remove(target, cosigners: [])
        case 7: return .setRole(target, pick([.admin, .editor, .reader]))
        case 8: return .admitDevice(key("\(name(identity.bytes))/\(number)"))
        case 9: return .revokeDevice(pick(devices))
        case 10: return .plain(needs: .reader)
        case 11: return .plain(needs: .admin)
        case 12:
            let others = members.filter { _ in generator.below(5) < 4 }
            return .remove(target, cosigners: others.map { Act.Cosigner(identity: $0, device: nil) })
        case 13: return .setCouncil(Array(members.shuffled(using: &generator).prefix(3)), threshold: 2)
        case 14: return .invite(role: pick([.admin, .editor]), limit: pick([1, 2]))
        case 15: return .suspectDevice(pick(devices))
        case 16: return .liftDevice(pick(devices))
        default:
            let invites = known.filter { number in
                if case .invite = machine.entries[number].act.deed { true } else { false }
            }
            guard !invites.isEmpty else { return nil }
            let invite = machine.entries[pick(invites)].act.id
            if generator.once(in: 4) { return .cancelInvite(invite) }
            return .admit(
                key("Q\(number)"), device: key("q\(pick([number, number, number - 1]))"), role: .editor,
                invite: invite)
        }
    }

    /// What a member who obeys nothing, with people of its own making, adds wherever it can.
    mutating func attack(by attacker: IdentityID, count: Int) {
        var own: Set<IdentityID> = [attacker]
        for number in 0..<count {
            let parents = (0...generator.below(3)).map { _ in generator.below(machine.entries.count) }
            let place = machine.judgement(at: parents)
            guard
                let identity = own.sorted().filter({ place.members[$0] != nil }).randomElement(
                    using: &generator)
            else { continue }
            let devices = place.members[identity]?.devices.keys.sorted() ?? []
            guard !devices.isEmpty, place.members.keys.contains(identity) else { continue }
            let members = place.members.keys.sorted()
            let invites = machine.entries.indices.filter { place.included.contains($0) }
            guard var deed = deed(1_000 + number, by: identity, members, devices, invites: invites) else {
                continue
            }
            switch deed {
            case .remove(let target, let cosigners, _) where !cosigners.isEmpty:
                // It has only its own people's signatures.
                deed = .remove(target, cosigners: cosigners.filter { own.contains($0.identity) })
            case .admit(_, let device, let role, let invite):
                let puppet = key("S\(number)")
                own.insert(puppet)
                deed = .admit(puppet, device: device, role: role, invite: invite)
            default: break
            }
            let device = generator.once(in: 10) ? nil : pick(devices)
            add(
                Act(
                    id: digest("\(generator.next() >> 44)!\(number)"),
                    parents: parents.map { machine.entries[$0].act.id }, identity: identity, device: device,
                    deed: deed))
        }
    }
}
