import DunlinCredentials
import DunlinKeys

extension SignedDAG {
    /// What real credentials say otherwise than the model, inserted in its order and in others.
    /// - Parameter shuffles: Other orders, in which some come before their parents.
    public func differences(shuffles: Int, random: inout some RandomSource) -> [String] {
        var found = differences(of: set)
        for _ in 0..<shuffles {
            var order = Array(credentials.indices)
            for place in stride(from: order.count - 1, to: 0, by: -1) {
                order.swapAt(place, Int(random.uniform(below: UInt64(place + 1))))
            }
            var other = CredentialSet(space: set.space, genesis: credentials.first?.id)
            for place in order { _ = other.insert(credentials[place]) }
            found += differences(of: other).map { $0 + " when they come in another order" }
        }
        return found
    }

    private func differences(of set: CredentialSet) -> [String] {
        var found: [String] = []
        var members: [String: ModelDAG.Member] = [:]
        for (id, member) in set.members().members {
            members[identityNames[id] ?? "?"] = ModelDAG.Member(
                role: member.role.description,
                devices: member.devices.keys.map { deviceNames[$0] ?? "?" }.sorted())
        }
        for name in Set(members.keys).union(model.expect.members.keys).sorted()
        where members[name] != model.expect.members[name] {
            let words = [members[name], model.expect.members[name]].map { member in
                member.map { "\($0.role) with \($0.devices.joined(separator: " "))" } ?? "no member"
            }
            found.append("\(name) is \(words[0]) instead of \(words[1])")
        }
        for act in model.credentials {
            let status = ids[act.id].flatMap { set.status(of: $0) }
            guard status?.word != model.expect.status[act.id] else { continue }
            found.append(
                "\(act.id) is \(status.map { "\($0)" } ?? "missing") instead of "
                    + (model.expect.status[act.id] ?? "missing"))
        }
        return found
    }

    /// How many credentials are live, void and invalid by the model.
    public var counts: [String: Int] {
        model.expect.status.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    }
}

extension CredentialStatus {
    /// As the model calls it.
    fileprivate var word: String {
        switch self {
        case .live: "live"
        case .void: "void"
        case .invalid: "invalid"
        }
    }
}
