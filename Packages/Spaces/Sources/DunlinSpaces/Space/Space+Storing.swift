import DunlinCausality
import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinObjects

extension Space {
    mutating func stage(_ write: FeedWrite, _ state: FeedState) {
        let feed = write.descriptor.feed
        if grown[feed] == nil { grown[feed] = write.start }
        feeds[feed] = state
        if let last = batch.feeds.last, last.descriptor.feed == feed, last.end == write.start {
            batch.feeds[batch.feeds.count - 1].blocks += write.blocks
            batch.feeds[batch.feeds.count - 1].nodes += write.nodes
            batch.feeds[batch.feeds.count - 1].head = write.head
        } else {
            batch.feeds.append(write)
        }
    }

    mutating func setMetadata(_ key: String, _ value: [UInt8]?) { batch.metadata[key] = .some(value) }

    /// Makes everything that was staged durable.
    /// - Returns: the feeds that grew, with their length before.
    mutating func flush() throws(SpaceError) -> [PublicSigningKey: UInt64] {
        guard !batch.isEmpty else { return [:] }
        dropIntroductions()
        do { try store.commit(batch) } catch { throw .store(error) }
        batch = SpaceBatch()
        defer { grown = [:] }
        unreported.merge(grown) { min($0, $1) }
        return grown
    }

    /// Deletes what was kept of credentials that came ahead of their feeds, when all of them have come and
    /// something is written anyway: a space opens on a full disk, too.
    private mutating func dropIntroductions() {
        guard introductions.entryCount > 1, !control.hasIntroduced, !control.isExpecting,
            introductions.checkedCredentialCount != control.credentials.count
        else { return }
        introductions.checkedCredentialCount = control.credentials.count
        let kept = control.foundations()
        guard !kept.isEmpty, kept.count < introductions.entryCount else { return }
        for item in introductions.reduce(to: kept) { setMetadata(item.key, item.value) }
    }

    /// Makes what this device has appended to a feed of its own durable, or leaves the feed as it was:
    /// whoever is told that something could not be done does not find it done later.
    mutating func storeOwn(_ write: FeedWrite, _ state: FeedState) throws(SpaceError) {
        let feed = write.descriptor.feed, before = feeds[feed]
        stage(write, state)
        do throws(SpaceError) { _ = try flush() } catch {
            feeds[feed] = before
            batch.feeds.removeAll { $0.descriptor.feed == feed }
            grown[feed] = nil
            throw error
        }
    }

    mutating func takeUnreported() -> [PublicSigningKey: UInt64] {
        defer { unreported = [:] }
        return unreported
    }

    /// Verifies blocks from another peer and stages them.
    mutating func accept(_ slice: FeedSlice, feed: PublicSigningKey) throws(FeedError) {
        guard var state = feeds[feed] else { return }
        // Nobody else writes one's own feeds; blocks of them coming back are from before a restore.
        let write = try state.accept(slice)
        stage(write, state)
    }

    /// Brings object rows up to date with what was applied.
    mutating func checkpoint() throws(SpaceError) {
        guard data.appliedSinceCheckpoint > 0 else { return }
        batch.objects = try data.objects.rows()
        batch.metadata["checkpoint"] = data.checkpoint()
        _ = try flush()
        data.checkpointed()
    }
}
