import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension Space {
    /// Writes acknowledgements until a transaction can name all that this device has: each stands for what it
    /// names, and is named by the next through this device's own feed.
    mutating func acknowledge(wallClock: UInt64, random: inout some RandomSource) throws(SpaceError) {
        var count = data.heads(besides: secrets.data.publicKey).count
        while count > referenceLimit {
            try commit([], wallClock: wallClock, random: &random)
            let left = data.heads(besides: secrets.data.publicKey).count
            // Where what stands for them is not kept, they stay.
            guard left < count else { return }
            count = left
        }
    }

    /// Seals a transaction of this device as the next block of its data feed and makes it durable.
    ///
    /// The changes were made on the documents already. Without any it is an acknowledgement, and names no
    /// more than it may.
    mutating func commit(
        _ changes: [ObjectChange], wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        let feed = secrets.data.publicKey
        // A key that is made now is among the credentials that the block names.
        let key = try writingKey(wallClock: wallClock, random: &random)
        try publishIntroduced(key: key, random: &random)
        var state = feeds[feed] ?? FeedState(FeedDescriptor(space: id, feed: feed))
        var references: [BlockReference] = []
        let others = data.heads(besides: feed)
        for head in changes.isEmpty ? others.prefix(referenceLimit) : others[...] {
            references.append(
                BlockReference(
                    feed: head.feed, length: head.length, treeHash: try treeHash(head.feed, head.length)))
        }
        references.sort()
        let heads = control.credentials.heads(
            atMost: TransactionLimits.controlHeads,
            covering: control.credentials.grounds(of: device.identity, device: device.id))
        let newHeads = heads == data.controlHeads[feed] ? nil : heads
        let transaction = Transaction(
            dependencies: references, controlHeads: newHeads, wallClock: wallClock, changes: changes)
        let plaintext = transaction.encoded()
        let limit = FeedState.blockByteLimit - 1_024
        guard plaintext.count <= limit else {
            throw .commitTooLarge(byteCount: plaintext.count, limit: limit)
        }
        do {
            let block = try BlockEnvelope.seal(
                plaintext, at: BlockEnvelope.Place(space: id, feed: feed, sequence: state.length),
                key: key, random: &random)
            try storeOwn(try state.append([block], signingWith: secrets.data), state)
        } catch { throw SpaceError(error) }
        try data.appendOwn(feed: feed, references: references, controlHeads: newHeads)
    }

    /// Number of the first event of this device's next block.
    var nextEvent: UInt64 { (feeds[secrets.data.publicKey]?.length ?? 0) << 32 }
}
