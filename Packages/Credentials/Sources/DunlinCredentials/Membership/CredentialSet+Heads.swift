import DunlinKeys

extension CredentialSet {
    /// Heads for somebody to name who may name no more than some. Those that hold what it needs in their past
    /// come first, then the deepest: whoever makes many of them hides nothing. When there are more
    /// credentials than fit in a past, what it needs is named itself, and of the others as much as there is
    /// room for.
    /// - Parameter needed: Credentials that are to be in the past of what is named.
    /// - Returns: all when they are few enough and there is room; sorted.
    /// - Complexity: O(*h* log *h*) in the heads, and O(*h*) for each credential that is needed; O(*n*) for
    ///   each of 256 heads when there is little room.
    public func heads(atMost limit: Int, covering needed: [CredentialID]) -> [CredentialID] {
        let numbers = needed.compactMap { membership.index[$0] }
        let chosen =
            if hasRoom {
                membership.heads.count <= limit ? membership.heads : deepestHeads(atMost: limit, numbers)
            } else {
                headsWithinRoom(atMost: limit, numbers) ?? deepestHeads(atMost: limit, numbers)
            }
        return chosen.map { credentials[$0].id }.sorted()
    }

    /// Credentials for somebody who has none or few: all, or, when there are more than fit in a past, as many
    /// as there is room for with those that are needed.
    /// - Parameter known: Whoever gets them has these, those that are known here, and what is in their past.
    /// - Returns: parents first.
    public func given(covering needed: [CredentialID], after known: [CredentialID] = []) -> [Credential] {
        guard !hasRoom else { return all(after: known) }
        let past = past(of: heads(atMost: 64, covering: needed) + needed)
        let without = Set(self.past(of: known).map(\.id))
        return past.filter { !without.contains($0.id) }
    }

    /// What makes somebody a member with its role and a device of it present.
    public func grounds(of identity: IdentityID, device: DeviceID?) -> [CredentialID] {
        guard let member = membership.current.members[identity] else { return [] }
        let numbers =
            [member.admission] + (device.flatMap { member.devices[$0] }.map { [$0] } ?? []) + member.roles
        return numbers.map { credentials[$0].id }
    }

    private func deepestHeads(atMost limit: Int, _ needed: [Int]) -> [Int] {
        let deepest = byDepth(membership.heads)
        var chosen: [Int] = []
        func holds(_ head: Int, _ number: Int) -> Bool {
            head == number || membership.entries[head].past.contains(number)
        }
        for number in needed
        where chosen.count < limit && !chosen.contains(where: { holds($0, number) }) {
            if let head = deepest.first(where: { holds($0, number) }) { chosen.append(head) }
        }
        for head in deepest where chosen.count < limit && !chosen.contains(head) { chosen.append(head) }
        return chosen
    }

    private func byDepth(_ numbers: [Int]) -> [Int] {
        numbers.sorted { membership.entries[$0].rank > membership.entries[$1].rank }
    }

    // MARK: Little room

    private var hasRoom: Bool { load.isWithin(room.everything) }

    /// - Returns: nil when what is needed is more than may be named.
    private func headsWithinRoom(atMost limit: Int, _ needed: [Int]) -> [Int]? {
        var chosen = membership.maximal(needed)
        guard chosen.count <= limit else { return nil }
        var past = AncestorSet()
        for number in chosen { include(number, in: &past) }
        var taken = load(of: past.all)
        let heavy = heavySigners()
        let candidates = byDepth(heads(without: heavy)).filter { !past.contains($0) }
        for head in candidates.prefix(NamingRoom.candidateLimit) {
            var wider = membership.entries[head].past
            wider.insert(head)
            let new = wider.subtracting(past)
            let more = load(of: new)
            let ofHeavy = load(of: new.filter { heavy.contains(credentials[$0].identity) })
            let named = membership.maximal(chosen + [head])
            guard named.count <= limit, (taken + more).isWithin(room.together),
                ofHeavy.isWithin(room.ofMember)
            else { continue }
            chosen = named
            include(head, in: &past)
            taken = taken + more
        }
        return chosen
    }

    private func include(_ number: Int, in past: inout AncestorSet) {
        past.formUnion(membership.entries[number].past)
        past.insert(number)
    }

    private func load(of numbers: [Int]) -> NamingRoom.Load {
        var load = NamingRoom.Load()
        for number in numbers { load.add(credentials[number]) }
        return load
    }

    /// Who is no admin and has signed more than its role needs.
    private func heavySigners() -> Set<IdentityID> {
        Set(
            loads.lazy.filter { identity, load in
                !load.isWithin(room.ofMember) && membership.current.members[identity]?.role != .admin
            }.map(\.key))
    }

    /// What would be the heads without the credentials of some.
    private func heads(without signers: Set<IdentityID>) -> [Int] {
        guard !signers.isEmpty else { return membership.heads }
        var heads: [Int] = []
        var past = AncestorSet()
        for number in credentials.indices.reversed()
        where membership.entries[number].standing != nil && !past.contains(number)
            && !signers.contains(credentials[number].identity)
        {
            heads.append(number)
            past.formUnion(membership.entries[number].past)
        }
        return heads
    }
}
