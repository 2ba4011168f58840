import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// Letters between members of a space: each device has an object there that it alone can change, with those
/// that it has sent.
/// - Source: `Docs/Spec/Cards.md`, "Letters".
public enum Letters {
    /// The type of the object that holds a device's letters.
    public static let type: UTF8String = "dunlin.letters"
    /// Letters of one device in one space that are looked at.
    public static let outboxLimit = 64
    /// Letters of one sender that count at a time, in all spaces.
    public static let senderLimit = 8

    /// Letters of one sender that are opened, in all spaces.
    static let openingLimit = 32

    // MARK: Receiving

    /// A letter at its place.
    private struct Candidate {
        var id: LetterID
        var sealed: SealedLetter
        var through: SpaceID
        var feed: PublicSigningKey
    }

    /// Letters to this identity that can still be accepted, those that expire last first: from present
    /// members of common spaces, into spaces that it is not in.
    /// - Parameters:
    ///   - declined: Those that its owner does not want.
    ///   - opened: What was found in letters before.
    ///   - wallClock: Milliseconds since 1970.
    /// - Complexity: O(*n*) in the letters of the spaces; each is opened once, and of one sender 32.
    public static func received(
        _ peer: inout Peer, besides declined: Set<LetterID>, knowing opened: inout OpenedLetters,
        wallClock: UInt64
    ) throws(SpaceError) -> [Letter] {
        guard let own = peer.device else { return [] }
        var candidates: [IdentityID: [Candidate]] = [:]
        for space in peer.spaceSummaries.map(\.id) where peer.isMember(of: space) {
            for member in try peer.members(of: space) where member.identity != own.identity {
                for device in member.devices.values where !device.isSuspended {
                    let feed = device.binding.data
                    for (id, sealed) in try outbox(of: feed, in: space, &peer)
                    where sealed.expires > wallClock && !declined.contains(id)
                        && sealed.box(for: own.box.publicKey, id: id) != nil
                    {
                        candidates[member.identity, default: []].append(
                            Candidate(id: id, sealed: sealed, through: space, feed: feed))
                    }
                }
            }
        }
        var found: [Letter] = []
        for (sender, theirs) in candidates {
            var count = 0
            for item in theirs.sorted(by: isLooked(at:before:)).prefix(openingLimit)
            where count < senderLimit {
                guard let (ticket, name) = opened.content(of: item.sealed, id: item.id, for: own.box),
                    // It was put here by whoever has made it, and not copied from another.
                    item.id == LetterID(of: ticket.id, in: item.through, from: item.feed)
                else { continue }
                let letter = Letter(
                    id: item.id, sender: sender, through: item.through, name: name, ticket: ticket)
                guard isGood(letter, for: own.identity, peer, wallClock: wallClock) else { continue }
                found.append(letter)
                count += 1
            }
        }
        opened.endPass()
        return found.sorted { a, b in a.expires == b.expires ? a.id < b.id : a.expires > b.expires }
    }

    /// Those that expire last come first.
    private static func isLooked(at a: Candidate, before b: Candidate) -> Bool {
        if a.sealed.expires != b.sealed.expires { return a.sealed.expires > b.sealed.expires }
        return a.id == b.id ? a.feed < b.feed : a.id < b.id
    }

    /// Whether a letter holds an unattended invitation for this identity, which is of use to it.
    private static func isGood(
        _ letter: Letter, for identity: IdentityID, _ peer: Peer, wallClock: UInt64
    ) -> Bool {
        guard let target = letter.space, letter.ticket.guest == identity else { return false }
        return letter.ticket.expires > wallClock && !peer.isMember(of: target)
    }

    // MARK: Sending

    /// Leaves an invitation in a common space for all present devices of a member.
    /// - Parameters:
    ///   - ticket: Of an unattended invitation for that identity.
    ///   - name: How the space that it leads to is called.
    /// - Throws: ``SpaceError/notMember(_:)``; ``SpaceError/notAllowed(needs:has:)`` where this device may
    ///   only read; ``SpaceError/tooManyLetters(limit:)``.
    public static func send(
        _ ticket: InvitationTicket, named name: String, to identity: IdentityID, in space: SpaceID,
        _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try demandRoom(for: identity, in: space, &peer)
        let boxes = try boxes(of: identity, in: space, peer)
        let feed = try peer.ownDataFeed(in: space)
        let letter = LetterID(of: ticket.id, in: space, from: feed)
        let sealed: SealedLetter
        do {
            sealed = try SealedLetter(ticket, named: name, id: letter, to: boxes, random: &random)
        } catch { throw .key(error) }
        let object = OwnedObject.letters.id(of: feed)
        try peer.commit(to: space, wallClock: wallClock, random: &random) {
            (transaction: inout SpaceTransaction) throws(SpaceError) in
            try transaction.edit(object) { (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.setType(type)
                try editor.put(.bytes(sealed.encoded), at: path(letter))
            }
        }
    }

    /// - Throws: as ``send(_:named:to:in:_:wallClock:random:)``, before there is an invitation to send.
    public static func demandRoom(
        for identity: IdentityID, in space: SpaceID, _ peer: inout Peer
    ) throws(SpaceError) {
        let boxes = try boxes(of: identity, in: space, peer)
        let sent = try outbox(of: peer.ownDataFeed(in: space), in: space, &peer)
        let toThem = sent.filter { id, letter in boxes.contains { letter.box(for: $0, id: id) != nil } }
        guard sent.count < outboxLimit else { throw .tooManyLetters(limit: outboxLimit) }
        guard toThem.count < senderLimit else { throw .tooManyLetters(limit: senderLimit) }
    }

    /// Takes this device's letters back that have expired, or whose invitation is over.
    /// - Returns: Whether there were any.
    @discardableResult
    public static func tidy(
        _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> Bool {
        let over = peer.invitationSummaries(wallClock: wallClock).filter { $0.ending != nil }.map(\.id)
        var hasTidied = false
        for space in peer.spaceSummaries.map(\.id) where peer.mayWrite(in: space) {
            let feed = try peer.ownDataFeed(in: space)
            let ended = Set(over.map { LetterID(of: $0, in: space, from: feed) })
            let gone = try outbox(of: feed, in: space, &peer).filter { id, letter in
                letter.expires <= wallClock || ended.contains(id)
            }
            guard !gone.isEmpty else { continue }
            hasTidied = true
            try peer.commit(to: space, wallClock: wallClock, random: &random) {
                (transaction: inout SpaceTransaction) throws(SpaceError) in
                try transaction.edit(OwnedObject.letters.id(of: feed)) {
                    (editor: inout ObjectEditor) throws(ObjectError) in
                    for (id, _) in gone { try editor.remove(path(id)) }
                }
            }
        }
        return hasTidied
    }

    /// The keys of a member's devices that are not held for stolen, seniors first.
    private static func boxes(
        of identity: IdentityID, in space: SpaceID, _ peer: Peer
    ) throws(SpaceError) -> [AgreementPublicKey] {
        guard let member = try peer.members(of: space).first(where: { $0.identity == identity }) else {
            throw .notMember(identity)
        }
        let devices = member.devices.values.filter { !$0.isSuspended }.sorted { $0.rank < $1.rank }
        return devices.map(\.chain.box)
    }

    /// Letters among the first keys in the object of a data feed, in the order of their ids.
    private static func outbox(
        of feed: PublicSigningKey, in space: SpaceID, _ peer: inout Peer
    ) throws(SpaceError) -> [(id: LetterID, letter: SealedLetter)] {
        do throws(SpaceError) {
            let value = try peer.read(OwnedObject.letters.id(of: feed), in: space) { $0.root() }
            guard case .map(let fields) = value else { return [] }
            var letters: [(id: LetterID, letter: SealedLetter)] = []
            for (key, value) in fields.sorted(by: { $0.key < $1.key }).prefix(outboxLimit) {
                guard let id = LetterID(key.string),
                    case .bytes(let bytes) = value, let letter = SealedLetter(decoding: bytes)
                else { continue }
                letters.append((id, letter))
            }
            return letters
        } catch {
            if case .unknownObject = error { return [] }
            throw error
        }
    }

    private static func path(_ id: LetterID) -> ObjectPath { ObjectPath([.key(UTF8String(id.description))]) }
}
