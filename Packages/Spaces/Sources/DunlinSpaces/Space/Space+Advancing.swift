import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension Space {
    /// Takes what became durable: credentials first, then transactions, until nothing more can be applied.
    mutating func advance() throws(SpaceError) -> Changes {
        // Only what is on the disk is applied: what is applied may be built upon and told.
        _ = try flush()
        var changes = Changes()
        var isProgressing = true
        while isProgressing {
            let keyCount = control.keys.count
            isProgressing = control.takeExpected()
            for feed in controlFeeds.sorted() where try takeControl(feed) { isProgressing = true }
            // A block that has to wait itself may have brought the key of another feed's.
            if control.keys.count > keyCount { isProgressing = true }
            // Credentials of this device were taken when they were issued; their feeds are new all the same.
            let admitted = try admitFeeds()
            changes.newFeeds += admitted
            if isProgressing || !admitted.isEmpty { changes.membersChanged = true }
        }
        if control.credentials.count != checkedCredentialCount {
            checkedCredentialCount = control.credentials.count
            changes.membersChanged = true
            changes.objects = try updateKept()
        }
        changes.objects.formUnion(try takeData())
        return changes
    }

    /// Opens the feeds of all devices that were ever let in: what they wrote while they were present stays.
    @discardableResult
    mutating func admitFeeds() throws(SpaceError) -> [PublicSigningKey] {
        var new: [PublicSigningKey] = []
        let admissions = control.credentials.admissions
        for admission in admissions[admittedCount...] {
            controlFeeds.insert(admission.binding.control)
            dataFeeds.insert(admission.binding.data)
            for feed in [admission.binding.control, admission.binding.data] where feeds[feed] == nil {
                feeds[feed] = FeedState(FeedDescriptor(space: id, feed: feed))
                new.append(feed)
            }
        }
        admittedCount = admissions.count
        return new
    }

    mutating func takeControl(_ feed: PublicSigningKey) throws(SpaceError) -> Bool {
        let position = control.positions[feed] ?? 0
        let end = feeds[feed]?.length ?? 0
        guard position < end, batch.feeds.allSatisfy({ $0.descriptor.feed != feed }) else { return false }
        do throws(StoreError) {
            let blocks = try store.blocks(of: feed, position..<end)
            return control.take(blocks, feed: feed) > 0
        } catch { throw .store(error) }
    }

    mutating func takeData() throws(SpaceError) -> Set<ObjectID> {
        var changed: Set<ObjectID> = []
        let dataFeeds = dataFeeds.sorted()
        var isProgressing = true
        while isProgressing {
            isProgressing = false
            for feed in dataFeeds where try takeData(feed, &changed) { isProgressing = true }
        }
        return changed
    }

    /// Applies as many blocks of a feed as can be.
    mutating func takeData(
        _ feed: PublicSigningKey, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        var progressed = false
        while true {
            let sequence = data.graph.appliedLength(of: feed)
            let end = feeds[feed]?.length ?? 0
            guard sequence < end, !data.isHeld(feed) else { return progressed }
            if waiting[feed]?.sequence != sequence {
                let limit = min(end, sequence + 64)
                let blocks: [[UInt8]]
                do { blocks = try store.blocks(of: feed, sequence..<limit) } catch { throw .store(error) }
                for (offset, block) in blocks.enumerated() {
                    let number = sequence + UInt64(offset)
                    if data.isHeld(feed) { return progressed }
                    guard try take(block, feed: feed, sequence: number, &changed) else { return progressed }
                    progressed = true
                }
            } else if let item = waiting[feed] {
                guard try apply(item.transaction, feed: feed, sequence: sequence, &changed) else {
                    return progressed
                }
                progressed = true
            }
        }
    }

    mutating func take(
        _ block: [UInt8], feed: PublicSigningKey, sequence: UInt64, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        switch open(block, feed: feed, sequence: sequence) {
        case .transaction(let transaction):
            return try apply(transaction, feed: feed, sequence: sequence, &changed)
        case .missingKey: return false
        case .unreadable:
            try data.applyEmpty(feed: feed)
            return true
        }
    }

    enum Opened {
        case transaction(Transaction)
        case missingKey
        case unreadable
    }

    func open(_ block: [UInt8], feed: PublicSigningKey, sequence: UInt64) -> Opened {
        do throws(CredentialError) {
            let plaintext = try BlockEnvelope.open(
                block, at: BlockEnvelope.Place(space: id, feed: feed, sequence: sequence), keys: control.keys,
                secret: secrets.secret)
            guard let transaction = try? Transaction(decoding: plaintext) else { return .unreadable }
            return .transaction(transaction)
        } catch {
            if case .missingKey = error { return .missingKey }
            return .unreadable
        }
    }

    /// Applies the next transaction of a feed; false when it has to wait.
    mutating func apply(
        _ transaction: Transaction, feed: PublicSigningKey, sequence: UInt64, _ changed: inout Set<ObjectID>
    ) throws(SpaceError) -> Bool {
        for reference in transaction.dependencies {
            guard data.graph.appliedLength(of: reference.feed) >= reference.length,
                try treeHash(reference.feed, reference.length) == reference.treeHash
            else {
                waiting[feed] = (sequence, transaction)
                return false
            }
        }
        let heads = data.heads(of: transaction, feed: feed)
        guard let isAuthorised = control.canWrite(to: feed, at: heads) else {
            waiting[feed] = (sequence, transaction)
            return false
        }
        waiting[feed] = nil
        let isKept = data.isKept(sequence, of: feed)
        if isKept, namesUnkept(transaction),
            let parents = data.graph.parents(of: feed, references: transaction.dependencies)
        {
            changed.formUnion(try updateKept(before: parents))
        }
        let objects = try mending { space throws(SpaceError) in
            try space.data.apply(
                transaction, feed: feed, isAuthorised: isAuthorised && isKept, store: space.store)
        }
        changed.formUnion(objects)
        return true
    }

    func treeHash(_ feed: PublicSigningKey, _ length: UInt64) throws(SpaceError) -> Digest {
        if let state = feeds[feed], state.length == length { return state.frontier.treeHash }
        do { return try store.treeHash(of: feed, length: length) } catch { throw .store(error) }
    }
}
