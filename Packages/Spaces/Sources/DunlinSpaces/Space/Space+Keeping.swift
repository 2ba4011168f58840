import DunlinCausality
import DunlinCredentials
import DunlinFeeds
import DunlinKeys
import DunlinObjects

extension Space {
    /// Finds out what is kept of the feeds of those who may not write any more, and builds the objects anew
    /// in which that changes something.
    ///
    /// A block is kept when its author may write now, when it lies within the cut of who took that right
    /// away, or in the past of a kept one: causality never breaks.
    /// - Parameter block: The parents of a kept block that is about to be applied.
    /// - Returns: Objects that are other than before.
    /// - Source: `Docs/Spec/Blocks.md`, "Kept blocks".
    /// - Complexity: O(*n*) in the blocks of the space when what is kept has changed.
    mutating func updateKept(before block: Frontier = Frontier()) throws(SpaceError) -> Set<ObjectID> {
        let former = data.limits
        let limits = keptLimits(before: block)
        guard limits != former else { return [] }
        data.limits = limits
        var affected: Set<ObjectID> = []
        for feed in Set(limits.keys).union(former.keys) {
            let applied = data.graph.appliedLength(of: feed)
            let old = min(former[feed] ?? applied, applied), new = min(limits[feed] ?? applied, applied)
            for sequence in min(old, new)..<max(old, new) {
                affected.formUnion(try objects(in: sequence, of: feed))
            }
        }
        let documents = try rebuilt(only: affected)
        for id in affected { data.objects.rebuild(id, as: documents[id] ?? ObjectDocument(id: id)) }
        return affected
    }

    /// Blocks of each feed that have effect; a feed that is not named has no limit.
    private func keptLimits(before block: Frontier) -> [PublicSigningKey: UInt64] {
        let cuts = control.credentials.cuts()
        var writers: Set<PublicSigningKey> = []
        for member in control.view.members.values where member.role >= .editor {
            for device in member.devices.values { writers.insert(device.binding.data) }
        }
        var roots = Array(block)
        var limits: [PublicSigningKey: UInt64] = [:]
        for feed in dataFeeds {
            let applied = data.graph.appliedLength(of: feed)
            if writers.contains(feed) {
                if let version = data.graph.version(of: feed, length: applied) { roots.append(version) }
            } else {
                let cut = cuts[feed] ?? 0
                limits[feed] = cut
                if let version = data.graph.version(of: feed, length: min(cut, applied)) {
                    roots.append(version)
                }
            }
        }
        guard !limits.isEmpty else { return [:] }
        let kept = data.graph.lengths(before: roots)
        for (feed, limit) in limits { limits[feed] = max(limit, kept[feed] ?? 0) }
        return limits
    }

    /// Whether a block names, as what it was made upon, one that is not kept.
    func namesUnkept(_ transaction: Transaction) -> Bool {
        !data.limits.isEmpty
            && transaction.dependencies.contains { $0.length > data.limits[$0.feed] ?? .max }
    }

    private func objects(in sequence: UInt64, of feed: PublicSigningKey) throws(SpaceError) -> [ObjectID] {
        let block: [UInt8]
        do { block = try store.blocks(of: feed, sequence..<sequence + 1)[0] } catch { throw .store(error) }
        guard case .transaction(let transaction) = open(block, feed: feed, sequence: sequence) else {
            return []
        }
        return transaction.changes.map(\.object)
    }
}
