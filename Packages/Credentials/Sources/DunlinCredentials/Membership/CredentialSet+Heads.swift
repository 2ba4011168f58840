import DunlinKeys

extension CredentialSet {
    /// Heads for somebody to name who may name no more than some. Those that hold what it needs in their past
    /// come first, then the deepest: whoever makes many of them hides nothing.
    /// - Parameter needed: Credentials that are to be in the past of what is named.
    /// - Returns: all when they are few enough; sorted.
    /// - Complexity: O(*h* log *h*) in the heads, and O(*h*) for each credential that is needed.
    public func heads(atMost limit: Int, covering needed: [CredentialID]) -> [CredentialID] {
        let all = membership.heads
        guard all.count > limit else { return heads }
        let deepest = all.sorted { membership.entries[$0].rank > membership.entries[$1].rank }
        var chosen: [Int] = []
        func holds(_ head: Int, _ number: Int) -> Bool {
            head == number || membership.entries[head].past.contains(number)
        }
        for number in needed.compactMap({ membership.index[$0] })
        where chosen.count < limit && !chosen.contains(where: { holds($0, number) }) {
            if let head = deepest.first(where: { holds($0, number) }) { chosen.append(head) }
        }
        for head in deepest where chosen.count < limit && !chosen.contains(head) { chosen.append(head) }
        return chosen.map { credentials[$0].id }.sorted()
    }

    /// What makes somebody a member with its role and a device of it present.
    public func grounds(of identity: IdentityID, device: DeviceID?) -> [CredentialID] {
        guard let member = membership.current.members[identity] else { return [] }
        let numbers =
            [member.admission] + (device.flatMap { member.devices[$0] }.map { [$0] } ?? []) + member.roles
        return numbers.map { credentials[$0].id }
    }
}
