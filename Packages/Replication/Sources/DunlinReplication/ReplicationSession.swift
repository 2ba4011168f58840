import DunlinEncoding
import DunlinFeeds
import DunlinKeys

/// One side of the talk between two peers about a space's feeds: a value that takes messages and says what to
/// send and what to store.
///
/// The owner verifies and stores the slices that it hands out, then tells all its sessions with
/// ``grown(_:from:to:store:)``; nothing is said about a block before that.
/// - Source: `Docs/Spec/Replication.md`.
public struct ReplicationSession: Sendable {
    /// What the owner of the session is to do.
    public enum Effect: Hashable, Sendable {
        case send([UInt8])
        /// Verify, store, then call ``grown(_:from:to:store:)``.
        case accept(feed: PublicSigningKey, FeedSlice)
        /// What the other side holds has changed.
        case progress
        /// The other side broke a rule that costs this many points.
        case misbehaved(points: Int, Misbehaviour)
        /// Speaks another version: close the link.
        case incompatible(version: UInt64)
    }

    /// What the other side did that no honest peer does.
    public enum Misbehaviour: Hashable, Sendable {
        case malformed(CBORError)
        case badBlocks(FeedError)
    }

    static let answerByteLimit = 256 << 10
    static let outstandingLimit = 8

    /// Lengths here; only of feeds that are known to belong to the space.
    private var lengths: [PublicSigningKey: UInt64] = [:]
    /// What the other side said it holds, durable there.
    public private(set) var remoteLengths: [PublicSigningKey: UInt64] = [:]
    /// What was pushed or answered and not yet confirmed.
    private var sent: [PublicSigningKey: UInt64] = [:]
    private var outstanding: Set<PublicSigningKey> = []
    private var confirmed: Set<PublicSigningKey> = []
    /// The digest in the own hello.
    private var sentDigest: Digest?
    /// Whether the other side has said anything; nothing is sent to it before.
    public private(set) var hasMetRemote = false
    /// The other side has said what it holds.
    public private(set) var hasRemoteLengths = false

    /// Gives, and takes nothing.
    private let isServingOnly: Bool

    /// A session before its first message; ``start(lengths:)`` begins it.
    /// - Parameter isServingOnly: It gives what it has, asks for nothing and takes nothing.
    public init(isServingOnly: Bool = false) { self.isServingOnly = isServingOnly }

    /// The other side is known to hold all that is here.
    public var isServed: Bool {
        hasRemoteLengths && lengths.allSatisfy { (remoteLengths[$0.key] ?? 0) >= $0.value }
    }

    /// Begins the talk.
    /// - Parameter lengths: every feed known to belong to the space, with the length here, zero included.
    public mutating func start(lengths: [PublicSigningKey: UInt64]) -> [Effect] {
        self.lengths = lengths
        sentDigest = digest
        return [message(.hello(version: ReplicationMessage.version, digest: digest))]
    }

    /// Both sides hold the same of every feed that is known here.
    public var isInSync: Bool {
        hasMetRemote && outstanding.isEmpty
            && lengths.allSatisfy { (remoteLengths[$0.key] ?? 0) == $0.value }
            && remoteLengths.allSatisfy { $0.value <= lengths[$0.key] ?? 0 }
    }

    /// Blocks here that the other side is not known to hold.
    public var unconfirmedBlocks: UInt64 {
        lengths.reduce(0) { sum, entry in
            let known = remoteLengths[entry.key] ?? 0
            return entry.value > known ? sum + entry.value - known : sum
        }
    }

    /// Blocks there that are not here yet.
    public var missingBlocks: UInt64 {
        remoteLengths.reduce(0) { sum, entry in
            let here = lengths[entry.key] ?? 0
            return entry.value > here ? sum + entry.value - here : sum
        }
    }

    private var digest: Digest { Digest.blake2b(ReplicationMessage.vector(lengths).encoded()) }

    private func message(_ message: ReplicationMessage) -> Effect { .send(message.encoded()) }

    /// Takes a message of the other side.
    public mutating func receive(
        _ bytes: [UInt8], store: some FeedReading
    ) throws(StoreError) -> [Effect] {
        let received: ReplicationMessage
        do { received = try ReplicationMessage(decoding: bytes) } catch {
            return [.misbehaved(points: 10, .malformed(error))]
        }
        switch received {
        case .hello(let version, let digest):
            guard version == ReplicationMessage.version else { return [.incompatible(version: version)] }
            hasMetRemote = true
            // What grew since the own hello makes that one outdated: the other side must hear of it.
            guard digest != self.digest || self.digest != sentDigest else {
                remoteLengths = lengths.filter { $0.value > 0 }
                hasRemoteLengths = true
                return [.progress]
            }
            return [message(.vector(lengths)), .progress]
        case .vector(let lengths):
            hasMetRemote = true
            hasRemoteLengths = true
            for (feed, length) in lengths {
                // Feeds that are not known here may be later; more than a space can have are ignored.
                guard
                    self.lengths[feed] != nil || remoteLengths[feed] != nil
                        || remoteLengths.count < ReplicationMessage.vectorEntries
                else { continue }
                remoteLengths[feed] = length
                // The other side does not hold what was wanted after all.
                if length <= self.lengths[feed] ?? 0 { outstanding.remove(feed) }
            }
            return wants() + [.progress]
        case .want(let feed, let start, let count):
            return try answer(feed, start: start, count: count, store: store)
        case .blocks(let feed, let slice):
            outstanding.remove(feed)
            remoteLengths[feed] = max(remoteLengths[feed] ?? 0, slice.end)
            guard lengths[feed] != nil, !isServingOnly else { return [] }
            return [.accept(feed: feed, slice)]
        }
    }

    /// A feed of this space grew here, by an own commit or by blocks of whichever peer; it is durable.
    public mutating func grown(
        _ feed: PublicSigningKey, from start: UInt64, to end: UInt64, store: some FeedReading
    ) throws(StoreError) -> [Effect] {
        lengths[feed] = end
        guard hasMetRemote else { return [] }
        let known = max(remoteLengths[feed] ?? 0, sent[feed] ?? 0)
        if known >= end {
            confirmed.insert(feed)
            return wants()
        }
        if known == start, let push = try push(feed, from: start, store: store) {
            // What did not fit into one push is announced.
            if (sent[feed] ?? 0) < end { confirmed.insert(feed) }
            return [push] + wants()
        }
        confirmed.insert(feed)
        return wants()
    }

    /// A feed became known to belong to the space.
    public mutating func admitted(_ feed: PublicSigningKey, length: UInt64) -> [Effect] {
        guard lengths[feed] == nil else { return [] }
        lengths[feed] = length
        return wants()
    }

    /// The slice that was handed out could not be taken; asks again from what is here.
    public mutating func refused(_ feed: PublicSigningKey, _ error: FeedError) -> [Effect] {
        switch error {
        case .nothingNew:
            confirmed.insert(feed)
            return wants()
        case .gap: return wants()
        case .forked:
            // The writer is at fault, not whoever passes its blocks on.
            remoteLengths[feed] = lengths[feed]
            return []
        case .badProof, .badSignature, .blockTooLarge, .behindHead, .key, .wrongKey:
            remoteLengths[feed] = lengths[feed]
            return [.misbehaved(points: 50, .badBlocks(error))]
        }
    }

    /// What was confirmed since the last call, in one message. Call when a batch of inputs is done.
    public mutating func flush() -> [Effect] {
        guard !confirmed.isEmpty, hasMetRemote else { return [] }
        var vector: [PublicSigningKey: UInt64] = [:]
        for feed in confirmed { vector[feed] = lengths[feed] }
        confirmed.removeAll(keepingCapacity: true)
        return [message(.vector(vector))]
    }

    private mutating func wants() -> [Effect] {
        guard !isServingOnly else { return [] }
        var effects: [Effect] = []
        for (feed, length) in remoteLengths.sorted(by: { $0.key < $1.key }) {
            guard outstanding.count < Self.outstandingLimit else { break }
            guard let here = lengths[feed], here < length, outstanding.insert(feed).inserted else { continue }
            let count = min(length - here, ReplicationMessage.wantedBlocks)
            effects.append(message(.want(feed: feed, start: here, count: count)))
        }
        return effects
    }

    private mutating func push(
        _ feed: PublicSigningKey, from start: UInt64, store: some FeedReading
    ) throws(StoreError) -> Effect? {
        let end = lengths[feed] ?? 0
        guard end > start, end - start <= ReplicationMessage.wantedBlocks,
            let slice = try store.slice(of: feed, start..<end, byteLimit: Self.answerByteLimit)
        else { return nil }
        sent[feed] = slice.end
        return message(.blocks(feed: feed, slice))
    }

    private mutating func answer(
        _ feed: PublicSigningKey, start: UInt64, count: UInt64, store: some FeedReading
    ) throws(StoreError) -> [Effect] {
        let here = lengths[feed] ?? 0
        guard start < here,
            let slice = try store.slice(
                of: feed, start..<min(start + count, here), byteLimit: Self.answerByteLimit)
        else {
            guard here > 0 else { return [] }
            return [message(.vector([feed: here]))]
        }
        sent[feed] = max(sent[feed] ?? 0, slice.end)
        return [message(.blocks(feed: feed, slice))]
    }
}
