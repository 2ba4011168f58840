import DunlinCredentials

/// Why a plan could not be read.
public enum PlanError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A line that is none of a plan. Lines count from 1.
    case badLine(Int, String)
    case missingHeader

    /// One sentence: which line makes no sense.
    public var description: String {
        switch self {
        case .badLine(let number, let text): "Line \(number) of the plan makes no sense: \(text)"
        case .missingHeader: "A plan begins with the lines `seed`, `peers` and `network`."
        }
    }
}

extension Plan: CustomStringConvertible {
    /// One line each for the seed, the peers, the network and every step; ``init(parsing:)`` reads it.
    public var description: String {
        let n = network
        var lines = [
            "seed \(seed)", "peers \(peerCount)",
            "network \(n.latency.lowerBound) \(n.latency.upperBound) \(n.lost) \(n.doubled) \(n.reordered) "
                + "\(n.corrupted) \(n.split) \(n.refused)",
        ]
        if hasRendezvous { lines.append("rendezvous") }
        if !furtherDevices.isEmpty {
            lines.append((["devices"] + furtherDevices.map { "\($0)" }).joined(separator: " "))
        }
        lines += steps.map { "\($0.time) \($0.draw) \($0.action.words)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Reads what ``description`` writes. Lines that begin with `#` are passed over.
    public init(parsing text: String) throws(PlanError) {
        var seed: UInt64?, peerCount: Int?, network: NetworkConditions?
        var steps: [Step] = [], devices: [Int] = [], hasRendezvous = false
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ").map(String.init)
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let numbers = words.dropFirst().map { Int($0) }
            switch first {
            case "seed" where words.count == 2: seed = UInt64(words[1])
            case "peers" where words.count == 2:
                peerCount = numbers[0].flatMap { (1...64).contains($0) ? $0 : nil }
            case "network" where words.count == 9: network = NetworkConditions(numbers.compactMap { $0 })
            case "rendezvous" where words.count == 1: hasRendezvous = true
            case "devices":
                devices = numbers.compactMap { $0 }
                guard devices.count == numbers.count,
                    zip(devices, devices.dropFirst()).allSatisfy({ $0 < $1 }),
                    devices.allSatisfy({ (1..<(peerCount ?? 1)).contains($0) })
                else { throw .badLine(index + 1, String(line)) }
            default:
                guard let time = Int(first), words.count > 2, let draw = UInt64(words[1]),
                    let action = Action(
                        words: Array(words[2...]), nodeCount: (peerCount ?? 0) + (hasRendezvous ? 1 : 0))
                else { throw .badLine(index + 1, String(line)) }
                steps.append(Step(time: time, draw: draw, action: action))
            }
        }
        guard let seed, let peerCount, let network else { throw .missingHeader }
        self.init(
            seed: seed, peerCount: peerCount, furtherDevices: devices, hasRendezvous: hasRendezvous,
            network: network, steps: steps)
    }
}

extension NetworkConditions {
    fileprivate init?(_ n: [Int]) {
        guard n.count == 8, n.allSatisfy({ $0 >= 0 }), n[0] <= n[1] else { return nil }
        self.init(
            latency: n[0]...n[1], lost: n[2], doubled: n[3], reordered: n[4], corrupted: n[5], split: n[6],
            refused: n[7])
    }
}

extension Plan.Action {
    var words: String {
        switch self {
        case .invite(let host, let guest, let role, let mistakes):
            "invite \(host) \(guest) \(role) \(mistakes)"
        case .addDevice(let host, let guest, let mistakes): "device \(host) \(guest) \(mistakes)"
        case .makePair(let peer): "pair \(peer)"
        case .edit(let peer): "edit \(peer)"
        case .witness(let peer): "witness \(peer)"
        case .delete(let peer): "delete \(peer)"
        case .checkpoint(let peer): "checkpoint \(peer)"
        case .partition(let group, let lasting):
            (["partition", "\(lasting)"] + group.map { "\($0)" }).joined(separator: " ")
        case .block(let from, let to, let lasting): "block \(from) \(to) \(lasting)"
        case .crash(let peer, let off): "crash \(peer) \(off)"
        case .tear(let peer, let operations, let off): "tear \(peer) \(operations) \(off)"
        case .fillDisk(let peer, let lasting): "disk-full \(peer) \(lasting)"
        case .skewClock(let peer, let error): "clock \(peer) \(error)"
        case .remove(let peer, let member): "remove \(peer) \(member)"
        case .setRole(let peer, let member, let role): "role \(peer) \(member) \(role)"
        case .trespass(let peer): "trespass \(peer)"
        case .smuggle(let peer): "smuggle \(peer)"
        }
    }

    fileprivate init?(words: [String], nodeCount: Int) {
        let rest = Array(words.dropFirst())
        func number(_ index: Int) -> Int? { index < rest.count ? Int(rest[index]) : nil }
        func peer(_ index: Int) -> Int? {
            number(index).flatMap { (0..<nodeCount).contains($0) ? $0 : nil }
        }
        func count(_ index: Int) -> Int? { number(index).flatMap { $0 >= 0 ? $0 : nil } }
        guard let name = words.first else { return nil }
        if name == "partition" {
            guard let lasting = count(0) else { return nil }
            let group = rest.indices.dropFirst().map(peer)
            guard group.allSatisfy({ $0 != nil }) else { return nil }
            self = .partition(group: group.compactMap { $0 }, lasting: lasting)
            return
        }
        guard let first = peer(0) else { return nil }
        switch (name, rest.count) {
        case ("invite", 4):
            guard let guest = peer(1), let role = Role(rest[2]), let mistakes = count(3) else { return nil }
            self = .invite(host: first, guest: guest, role: role, mistakes: mistakes)
        case ("device", 3):
            guard let guest = peer(1), let mistakes = count(2) else { return nil }
            self = .addDevice(host: first, guest: guest, mistakes: mistakes)
        case ("pair", 1): self = .makePair(peer: first)
        case ("edit", 1): self = .edit(peer: first)
        case ("witness", 1): self = .witness(peer: first)
        case ("delete", 1): self = .delete(peer: first)
        case ("checkpoint", 1): self = .checkpoint(peer: first)
        case ("block", 3):
            guard let to = peer(1), let lasting = count(2) else { return nil }
            self = .block(from: first, to: to, lasting: lasting)
        case ("crash", 2):
            guard let off = count(1) else { return nil }
            self = .crash(peer: first, off: off)
        case ("tear", 3):
            guard let operations = count(1), let off = count(2) else { return nil }
            self = .tear(peer: first, operations: operations, off: off)
        case ("disk-full", 2):
            guard let lasting = count(1) else { return nil }
            self = .fillDisk(peer: first, lasting: lasting)
        case ("clock", 2):
            guard let error = number(1) else { return nil }
            self = .skewClock(peer: first, by: error)
        case ("remove", 2):
            guard let member = peer(1) else { return nil }
            self = .remove(peer: first, member: member)
        case ("role", 3):
            guard let member = peer(1), let role = Role(rest[2]) else { return nil }
            self = .setRole(peer: first, member: member, role: role)
        case ("trespass", 1): self = .trespass(peer: first)
        case ("smuggle", 1): self = .smuggle(peer: first)
        default: return nil
        }
    }
}
