import DunlinCredentials
import DunlinEncoding
import DunlinFeeds
import DunlinIdentity
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinMeshUV
import DunlinObjects
import DunlinSpaces
import DunlinSpacesSQLite
import DunlinUV
import Foundation
import Logging

/// A peer for an app: opens a home folder, holds its keys, and syncs with others while it is open.
///
/// Everything runs on one libuv thread, where the sockets live; calls from elsewhere are awaited. A commit is
/// durable when it returns, and is sent to connected peers at once.
public actor Client {
    let loop: UVLoop
    /// The loop's thread: the client and its sockets live on it.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    let home: Home
    let keys: any KeyStore
    var peer: Peer
    var random = SystemRandom()
    private var sockets: MeshSockets?
    private var timer: UVTimer?
    private var flushScheduled = false
    private(set) var isClosed = false
    var subscribers: [Int: AsyncStream<PeerEvent>.Continuation] = [:]
    private var nextSubscriber = 0
    /// Changes of keys that wait until an identity is whole; nil when none is being founded.
    var founding: [KeyChange]?
    /// The identity's own space; nil before there is one, or it has come from another device.
    public internal(set) var haloID: SpaceID?
    /// The identity's own keys, while its phrase is at hand.
    var root: IdentityKeys?
    /// The HALO or the members of a space have changed, and what follows has not been done.
    var isHaloDue = true
    /// Where the keys of an unfinished join are kept.
    var joining: [JoinID: String] = [:]
    /// Letters that are being accepted.
    var acceptedLetters: [JoinID: LetterID] = [:]
    /// What was found in letters.
    var openedLetters = OpenedLetters()
    /// Letters that those who watch were told of.
    var toldLetters: Set<LetterID> = []
    /// Members, or what they have sent, have changed: there may be letters.
    var isPostDue = true
    /// Spaces whose stored state is damaged, with what is wrong; they are not open, the others are.
    public internal(set) var damagedSpaces: [SpaceID: SpaceError] = [:]
    private var lastCheckpoint = UVLoop.now
    let logger = Logger(label: "dunlin.client")

    // MARK: Opening

    /// Makes a new home without an identity.
    public static func create(
        at path: String, passphrase: SecretBytes, profile: KeyringProfile = .desktop
    ) async throws(ClientError) -> Client {
        let home = try Home.create(path)
        return try await create(home, home.createKeyring(passphrase, profile))
    }

    static func create(_ home: Home, _ keys: any KeyStore) async throws(ClientError) -> Client {
        let client = try Client(home: home, keys: keys, loop: makeLoop())
        try await client.keep([])
        return client
    }

    /// Makes a new home with an identity; a new one, or that of a phrase. Without its keyring, which is
    /// written last, a folder is no home: what fails half-way can be done again.
    /// - Parameter phrase: nil makes a new one of 12 words.
    /// - Returns: the client, and the phrase from which the identity comes back. Show its words once; they
    ///   are stored nowhere.
    public static func found(
        at path: String, passphrase: SecretBytes, profile: KeyringProfile = .desktop, displayName: String,
        phrase: SeedPhrase? = nil
    ) async throws(ClientError) -> (client: Client, phrase: SeedPhrase) {
        do { try Peer.demandName(displayName) } catch { throw .space(error) }
        let home = try Home.create(path)
        return try await found(home, home.createKeyring(passphrase, profile), displayName, phrase)
    }

    static func found(
        _ home: Home, _ keys: any KeyStore, _ displayName: String, _ phrase: SeedPhrase?
    ) async throws(ClientError) -> (client: Client, phrase: SeedPhrase) {
        let phrase = if let phrase { phrase } else { try newPhrase(.twelve) }
        let client = try Client(home: home, keys: keys, loop: makeLoop())
        do throws(ClientError) { try await client.foundIdentity(phrase, displayName: displayName) } catch {
            await client.close()
            throw error
        }
        return (client, phrase)
    }

    /// Whether a folder is a home: whether it has a keyring.
    public static func isHome(_ path: String) -> Bool { Home.exists(path) }

    /// Makes a copied home the one that writes. Nothing is written to a space until a peer was asked for what
    /// was written elsewhere since the copy; `alone` says that there is no such peer.
    public static func adopt(_ path: String, passphrase: SecretBytes, alone: Bool) async throws(ClientError) {
        let client = try await open(at: path, passphrase: passphrase)
        let outcome: Result<Void, ClientError>
        do throws(ClientError) { outcome = .success(try await client.adopt(alone: alone)) } catch {
            outcome = .failure(error)
        }
        await client.close()
        try outcome.get()
    }

    private func adopt(alone: Bool) throws(ClientError) {
        do throws(SpaceError) {
            if alone { try peer.settleAlone() } else if isCopy { try peer.unsettle() }
        } catch { throw .space(error) }
        try home.markOriginal()
        isCopy = false
    }

    /// Whether the home was copied here: it can be read, and nothing else.
    public private(set) var isCopy: Bool

    func demandOriginal() throws(ClientError) {
        if isCopy { throw .copiedHome(path: home.path) }
    }

    /// Opens an existing home, all its spaces included.
    public static func open(at path: String, passphrase: SecretBytes) async throws(ClientError) -> Client {
        guard isHome(path) else { throw .noHome(path: path) }
        let home = try Home.open(path)
        return try await open(home, home.openKeyring(passphrase))
    }

    static func open(_ home: Home, _ keys: any KeyStore) async throws(ClientError) -> Client {
        let client = try Client(home: home, keys: keys, loop: makeLoop())
        try await client.finishForgetting()
        try await client.openSpaces()
        return client
    }

    static func makeLoop() throws(ClientError) -> UVLoop {
        do { return try UVLoop() } catch { throw .network(error) }
    }

    init(home: Home, keys: any KeyStore, loop: UVLoop) throws(ClientError) {
        self.home = home
        isCopy = home.isCopy
        self.keys = keys
        self.loop = loop
        peer = Peer(random: &random)
    }

    private func openSpaces() throws(ClientError) {
        haloID = try key("halo").flatMap { SpaceID(bytes: $0.copied()) }
        let device = try key("device"), records = try keys(below: "space/")
        do throws(SpaceError) {
            if let device { try peer.setDevice(LocalDevice(record: device)) }
            for record in records {
                let secrets: SpaceSecrets
                do { secrets = try SpaceSecrets(record: record) } catch { throw .key(error) }
                do throws(SpaceError) { try peer.openSpace(secrets, store: store(secrets.space)) } catch {
                    switch error {
                    case .unfinished:
                        // Nothing was said with these keys, or the invitation's are kept and it can be joined
                        // again.
                        logger.notice("\(error)")
                    case .store(.damaged), .damagedMetadata:
                        // One damaged file is no reason to keep the others shut.
                        damagedSpaces[secrets.space] = error
                    default: throw error
                    }
                }
            }
        } catch { throw .space(error) }
        try resumeArrivals()
    }

    func store(_ space: SpaceID) throws(SpaceError) -> SQLiteSpaceStore {
        do { return try SQLiteSpaceStore(path: home.databasePath(Base32.encode(space.bytes))) } catch {
            throw .store(error)
        }
    }

    /// Saves what is derived, closes connections and ends the thread. The client is of no use afterwards.
    public func close() {
        do throws(SpaceError) { try peer.checkpoint() } catch {
            // Derived state is rebuilt from the feeds when the home is opened next.
            logger.warning("checkpoint failed: \(error)")
        }
        // Whoever opens the home next writes to the same feeds: nothing that was planned here may.
        isClosed = true
        peer = Peer(random: &random)
        timer?.close()
        timer = nil
        sockets?.closeAll()
        sockets = nil
        for subscriber in subscribers.values { subscriber.finish() }
        subscribers = [:]
        home.unlock()
        loop.stop()
    }

    // MARK: Spaces

    /// Founds a space with this identity as its first member.
    public func createSpace(named name: String) throws(ClientError) -> SpaceID {
        try demandOriginal()
        do { try Peer.demandName(name) } catch { throw .space(error) }
        guard let id = SpaceID(bytes: random.bytes(32)) else { throw .closed }
        let secrets: SpaceSecrets
        do { secrets = try SpaceSecrets.make(space: id, secret: random.secret(32), random: &random) } catch {
            throw .space(.key(error))
        }
        // The keys are safe before anything is signed with them.
        try keep([.set("space/\(id)", secrets.record)])
        do throws(SpaceError) {
            try peer.createSpace(named: name, secrets: secrets, store: store(id), random: &random)
        } catch { throw .space(error) }
        isHaloDue = true
        scheduleFlush()
        return id
    }

    /// All spaces but the identity's own.
    public var spaces: [SpaceSummary] { peer.spaceSummaries.filter { $0.id != haloID } }

    /// Finds a space by its name, id, or the beginning of its id.
    public func space(named text: String) throws(ClientError) -> SpaceID {
        let all = peer.spaceSummaries
        let matches = all.filter { $0.name == text && $0.id != haloID }
        if matches.count == 1 { return matches[0].id }
        let byID = all.filter { text.count >= 4 && $0.id.description.hasPrefix(text.lowercased()) }
        // The name of a damaged one is not known: it may be the one that is meant.
        if byID.isEmpty, let (id, cause) = damagedSpaces.min(by: { $0.key < $1.key }) {
            throw .damagedSpace(id, file: home.databasePath(Base32.encode(id.bytes)), cause)
        }
        guard byID.count == 1 else {
            let count = max(matches.count, byID.count)
            throw count == 0 ? .unknownSpaceName(text) : .ambiguousSpaceName(text, count: count)
        }
        return byID[0].id
    }

    /// Who belongs to a space, seniors first, each with its devices.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func members(of space: SpaceID) throws(ClientError) -> [Member] {
        do { return try peer.members(of: space) } catch { throw .space(error) }
    }

    /// The devices that are linked now, and how far each link has come.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func links(in space: SpaceID) throws(ClientError) -> [LinkStatus] {
        do { return try peer.links(in: space) } catch { throw .space(error) }
    }

    /// Blocks that are stored and cannot be applied yet, for want of what they were made upon or of a key.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func waitingBlocks(in space: SpaceID) throws(ClientError) -> UInt64 {
        do { return try peer.waitingBlocks(in: space) } catch { throw .space(error) }
    }

    /// A hash over the state of all objects: equal on peers that hold the same.
    public func stateHash(of space: SpaceID) throws(ClientError) -> Digest {
        do { return try peer.stateHash(of: space) } catch { throw .space(error) }
    }

    // MARK: Network

    /// Listens for peers; port 0 takes a free one.
    /// - Parameter advertised: addresses at which others reach this peer, besides the one they see.
    @discardableResult
    public func listen(
        host: String = "0.0.0.0", port: UInt16 = 0, advertised: [PeerAddress] = []
    ) throws(ClientError) -> UInt16 {
        try demandOriginal()
        let sockets = startSockets()
        do throws(UVError) {
            let bound = try sockets.listen(host: host, port: port)
            let own = host == "0.0.0.0" || host == "::" ? [] : [PeerAddress(host: host, port: bound)]
            peer.setListening(port: bound, addresses: own + advertised)
            return bound
        } catch {
            throw error == .addressInUse ? .portInUse(port) : .network(error)
        }
    }

    /// Starts to talk to peers and rendezvous; a copied home talks to nobody.
    public func connect(rendezvous: [RendezvousAddress] = [], peers: [PeerAddress] = []) {
        guard !isCopy else { return }
        _ = startSockets()
        for address in rendezvous { peer.addRendezvous(address) }
        for address in peers {
            for space in peer.spaceSummaries.map(\.id) + peer.arrivingSpaces {
                peer.addCandidate(address, for: space)
            }
        }
        flush()
    }

    /// Bytes on all connections since the client was opened, with everything that encryption adds.
    public var byteCounts: (sent: UInt64, received: UInt64) { (peer.sentByteCount, peer.receivedByteCount) }

    private func startSockets() -> MeshSockets {
        if let sockets { return sockets }
        let sockets = MeshSockets(loop: loop) { [weak self] event in self?.assumeIsolated { $0.handle(event) }
        }
        self.sockets = sockets
        timer = try? UVTimer(loop: loop) { [weak self] in self?.assumeIsolated { $0.flush() } }
        return sockets
    }

    private func handle(_ event: MeshSockets.Event) {
        let input: PeerInput =
            switch event {
            case .accepted(let id, _): .accepted(ConnectionID(rawValue: id))
            case .dialled(let id): .dialled(ConnectionID(rawValue: id))
            case .dialFailed(let id, _): .dialFailed(ConnectionID(rawValue: id))
            case .received(let id, let bytes): .received(ConnectionID(rawValue: id), bytes)
            case .closed(let id, _): .closed(ConnectionID(rawValue: id))
            }
        peer.handle(input, now: UVLoop.now, wallClock: wallClock, random: &random)
        scheduleFlush()
    }

    /// What arrives in one turn of the loop is made durable together.
    func scheduleFlush() {
        guard !flushScheduled else { return }
        flushScheduled = true
        Task { self.flush() }
    }

    /// Makes durable what was staged, applies it, and does what the peer asks for.
    func flush() {
        flushScheduled = false
        guard !isClosed else { return }
        do throws(SpaceError) {
            let effects = try peer.takeEffects(now: UVLoop.now, wallClock: wallClock, random: &random)
            for effect in effects { perform(effect) }
            advanceHalo()
            lookForLetters()
            if UVLoop.now > lastCheckpoint + .seconds(5) {
                lastCheckpoint = UVLoop.now
                try peer.checkpoint(ifAppliedAtLeast: 1_024)
            }
        } catch {
            // Nothing was said that is not stored; the next flush tries again.
            logger.error("the store failed: \(error)")
            timer?.set(after: .seconds(1))
        }
    }

    private func perform(_ effect: PeerEffect) {
        switch effect {
        case .dial(let id, let address): sockets?.dial(id.rawValue, address)
        case .send(let id, let bytes): sockets?.send(id.rawValue, bytes)
        case .letIn(let id): sockets?.letIn(id.rawValue)
        case .close(let id): sockets?.close(id.rawValue)
        case .wake(let time): timer?.set(after: time - UVLoop.now)
        case .event(let event):
            switch event {
            case .join(let id, .admitted(let joined)):
                scheduleFlush()
                guard finish(id, joined) else { return }
            case .join(let id, .failed(let error)):
                joining[id] = nil
                noteFailure(of: id, error)
            case .arrived(let space):
                scheduleFlush()
                finishArrival(in: space)
            case .membersChanged: (isHaloDue, isPostDue) = (true, true)
            case .ownedObjectsChanged: isPostDue = true
            case .objectsChanged(let space, _):
                if space == haloID { (isHaloDue, isPostDue) = (true, true) }
            case .connected, .disconnected, .progress, .rendezvous, .invitation, .excluded, .join, .letter:
                break
            }
            for subscriber in subscribers.values { subscriber.yield(event) }
        }
    }

    // MARK: Events

    /// What happens from now on. Slow readers lose the oldest of more than 4,096 events.
    /// - Parameter withStanding: Begins with an event for each link that stands already.
    public func events(withStanding: Bool = false) -> AsyncStream<PeerEvent> {
        let number = nextSubscriber
        nextSubscriber += 1
        return AsyncStream(bufferingPolicy: .bufferingNewest(4_096)) { continuation in
            subscribers[number] = continuation
            if withStanding { for event in peer.standingLinks { continuation.yield(event) } }
            continuation.onTermination = { [weak self] _ in
                Task { await self?.unsubscribe(number) }
            }
        }
    }

    private func unsubscribe(_ number: Int) { subscribers[number] = nil }

    var wallClock: UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1_000)) }

    func newObjectID() throws(ClientError) -> ObjectID {
        // One in 2^40 would be another device's.
        while true {
            guard let id = ObjectID(bytes: random.bytes(16)) else { throw .closed }
            if !OwnedObject.isOwned(id) { return id }
        }
    }
}
