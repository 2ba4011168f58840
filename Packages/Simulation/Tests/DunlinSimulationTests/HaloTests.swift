import DunlinCredentials
import DunlinEncoding
import DunlinIdentity
import DunlinInvitations
import DunlinKeys
import DunlinObjects
@testable import DunlinSimulation
@testable import DunlinSpaces
import Testing

/// An identity and its devices in a village.
struct Household {
    var village: Village
    let keys: IdentityKeys
    var halos: [Int: Halo] = [:]
    private var seen = 0

    init(seed: UInt64) throws {
        village = Village(seed: seed)
        var random = SeededRandom(seed: seed)
        keys = try IdentityKeys(SeedPhrase.make(random: &random))
    }

    /// A device whose keys the identity itself has certified.
    mutating func addDevice() throws -> Int {
        let peer = try village.addPeer(withIdentity: false)
        let signing = try SigningKey.make(random: &village.keys)
        let box = try AgreementKey.make(random: &village.keys)
        let chain = try CertificateChain([
            .issue(
                identity: keys.signing.publicKey, device: signing.publicKey, box: box.publicKey, serial: 0,
                signingWith: keys.signing)
        ])
        let device = LocalDevice(signing: signing, box: box, chain: chain)
        try village.peers[peer].setDevice(device)
        village.nodes[peer].device = device
        return peer
    }

    private mutating func secrets() throws -> SpaceSecrets {
        let halo = HaloKeys(keys)
        return try SpaceSecrets.make(space: halo.space, secret: halo.secret, random: &village.keys)
    }

    /// The first device makes the identity's own space.
    mutating func found() throws -> Int {
        let peer = try addDevice()
        let secrets = try secrets(), store = try village.store(secrets.space, of: peer)
        try village.peers[peer].createSpace(
            named: "HALO", secrets: secrets, store: store, signedBy: keys,
            random: &village.nodes[peer].random)
        village.nodes[peer].spaces[secrets.space] = secrets
        halos[peer] = Halo(space: secrets.space, secret: secrets.secret)
        return peer
    }

    /// A new device comes with the phrase, and nothing else.
    mutating func recover() throws -> Int {
        let peer = try addDevice()
        let secrets = try secrets()
        var halo = Halo(space: secrets.space, secret: secrets.secret)
        halo.root = keys
        halos[peer] = halo
        try village.peers[peer].arrive(
            Arrival(secrets: secrets, name: "HALO", genesis: nil, root: keys))
        village.meetAll(peer, in: secrets.space)
        village.planFlush(peer)
        return peer
    }

    /// A further device, by invitation.
    mutating func join(by host: Int) throws -> Int {
        let peer = try village.addPeer(withIdentity: false)
        let halo = HaloKeys(keys)
        try village.invite(peer, by: host, to: halo.space, kind: .device)
        halos[peer] = Halo(space: halo.space, secret: halo.secret)
        return peer
    }

    /// Time goes on, and each device does what its HALO asks for.
    mutating func run(seconds: Int) throws {
        for _ in 0..<seconds * 2 {
            _ = try village.run(atMost: .milliseconds(500)) { _ in false }
            while seen < village.events.count {
                let (peer, event) = village.events[seen]
                seen += 1
                guard case .arrived(let space) = event, village.isRunning(peer),
                    let secrets = village.peers[peer].arrivals[space]?.arrival.secrets
                else { continue }
                let store = try village.store(space, of: peer)
                try village.peers[peer].finishArrival(in: space, opening: { store }, keeping: {})
                village.nodes[peer].spaces[space] = secrets
                village.meetAll(peer, in: space)
                village.planFlush(peer)
            }
            for (peer, halo) in halos.sorted(by: { $0.key < $1.key }) where village.isRunning(peer) {
                let clock = village.wallClock
                var setOut: [SpaceID] = []
                try halo.advance(
                    &village.peers[peer], wallClock: clock, random: &village.nodes[peer].random
                ) { setOut.append($0.secrets.space) }
                for space in setOut { village.meetAll(peer, in: space) }
                village.planFlush(peer)
            }
        }
    }
}

@Suite struct HaloTests {
    @Test func `spaces of one device appear on all others by themselves`() throws {
        var home = try Household(seed: 1)
        let laptop = try home.found(), phone = try home.join(by: laptop)
        let trip = try home.village.createSpace(laptop)
        home.village.shared = trip
        let note = try home.village.note("from the laptop", by: laptop)
        try home.run(seconds: 15)
        #expect(home.village.peers[phone].isMember(of: trip))
        #expect(try home.village.text(of: note, at: phone) == "from the laptop")
        try home.village.write("from the phone", to: note, by: phone)
        try home.run(seconds: 4)
        #expect(try home.village.text(of: note, at: laptop) == "from the phone")
        #expect(try home.village.peers[laptop].members(of: trip).first?.devices.count == 2)
        // And the other way round, for a space that somebody else has made.
        let bob = try home.village.addPeer()
        let work = try home.village.createSpace(bob, named: "Work")
        home.village.shared = work
        try home.village.invite(phone, by: bob, to: work)
        let plan = try home.village.note("plan", by: bob)
        home.village.cut(bob)
        try home.run(seconds: 15)
        #expect(home.village.peers[laptop].isMember(of: work))
        home.village.heal(bob)
        try home.run(seconds: 10)
        #expect(try home.village.text(of: plan, at: laptop) == "plan")
        #expect(try home.village.peers[bob].members(of: work).last?.devices.count == 2)
    }

    @Test func `a phrase and one device that is left bring everything back`() throws {
        var home = try Household(seed: 2)
        let laptop = try home.found(), phone = try home.join(by: laptop)
        let bob = try home.village.addPeer()
        let trip = try home.village.createSpace(laptop)
        home.village.shared = trip
        try home.village.invite(bob, by: laptop, to: trip)
        let note = try home.village.note("one", by: laptop)
        try home.run(seconds: 15)
        home.village.crash(laptop)
        let tablet = try home.recover()
        try home.run(seconds: 10)
        #expect(home.village.peers[tablet].isMember(of: HaloKeys(home.keys).space))
        // The phone is gone now, too: Bob takes the identity's word for its new device.
        try home.run(seconds: 20)
        #expect(home.village.peers[tablet].isMember(of: trip))
        #expect(try home.village.text(of: note, at: tablet) == "one")
        home.village.crash(phone)
        try home.village.write("two", to: note, by: tablet)
        try home.run(seconds: 10)
        #expect(try home.village.text(of: note, at: bob) == "two")
        // It revokes nothing by itself.
        let own = try home.village.peers[tablet].members(of: trip).first { $0.devices.count > 1 }
        #expect(own?.devices.count == 3)
    }

    @Test func `a member takes the identity's word for a device that nobody else can let in`() throws {
        var home = try Household(seed: 3)
        let laptop = try home.found()
        let bob = try home.village.addPeer()
        let trip = try home.village.createSpace(bob)
        home.village.shared = trip
        try home.village.invite(laptop, by: bob, to: trip)
        let note = try home.village.note("one", by: bob)
        try home.run(seconds: 5)
        let tablet = try home.recover()
        try home.run(seconds: 5)
        // It knows of the space; from now on there is only Bob.
        home.village.cut(laptop)
        try home.run(seconds: 20)
        #expect(try home.village.text(of: note, at: tablet) == "one")
        #expect(try home.village.peers[bob].members(of: trip).last?.devices.count == 2)
    }

    @Test func `a device that was taken out of a space is not let in again by itself`() throws {
        var home = try Household(seed: 6)
        let laptop = try home.found(), phone = try home.join(by: laptop)
        let trip = try home.village.createSpace(laptop)
        home.village.shared = trip
        let note = try home.village.note("one", by: laptop)
        try home.run(seconds: 15)
        #expect(home.village.peers[phone].isMember(of: trip))
        let id = try #require(home.village.peers[phone].device).id, clock = home.village.wallClock
        try home.village.attempt(laptop) { (village) throws(SpaceError) in
            try village.peers[laptop].revoke(
                id, in: trip, wallClock: clock, random: &village.nodes[laptop].random)
        }
        try home.run(seconds: 10)
        try home.village.write("secret", to: note, by: laptop)
        try home.run(seconds: 10)
        #expect(!home.village.peers[phone].isMember(of: trip))
        #expect(try home.village.text(of: note, at: phone) == "one")
    }

    @Test func `a revocation that was cut short goes on by itself, also for a senior device`() throws {
        var home = try Household(seed: 7)
        let laptop = try home.found(), phone = try home.join(by: laptop)
        let trip = try home.village.createSpace(laptop), work = try home.village.createSpace(phone)
        home.village.shared = trip
        let note = try home.village.note("one", by: laptop)
        home.village.shared = work
        let plan = try home.village.note("one", by: phone)
        try home.run(seconds: 15)
        #expect(home.village.peers[phone].isMember(of: trip))
        #expect(home.village.peers[laptop].isMember(of: work))
        // The power failed when the phone was out of the identity, and of nothing else.
        home.village.cut(phone)
        let halo = HaloKeys(home.keys).space
        let id = try #require(home.village.peers[phone].device).id, clock = home.village.wallClock
        try home.village.attempt(laptop) { (village) throws(SpaceError) in
            try village.peers[laptop].revoke(
                id, in: halo, wallClock: clock, random: &village.nodes[laptop].random)
        }
        home.village.crash(laptop)
        try home.village.restart(laptop)
        try home.run(seconds: 5)
        func devices(_ space: SpaceID) throws -> [PresentDevice] {
            Array(try #require(try home.village.peers[laptop].members(of: space).first).devices.values)
        }
        #expect(try devices(trip).map(\.id) == [try #require(home.village.peers[laptop].device).id])
        // There the phone is the senior one.
        #expect(try devices(work).filter(\.isSuspended).map(\.id) == [id])
        home.village.heal(phone)
        for (space, object) in [(trip, note), (work, plan)] {
            home.village.shared = space
            try home.village.write("secret", to: object, by: laptop)
            try home.run(seconds: 5)
            #expect(try home.village.text(of: object, at: phone) == "one")
        }
    }

    @Test func `nobody comes in with somebody else's word, or none`() throws {
        var home = try Household(seed: 4)
        let laptop = try home.found()
        try home.run(seconds: 1)
        let halo = HaloKeys(home.keys)
        // A stranger that got hold of the secret, and of no key of the identity.
        let thief = try home.village.addPeer()
        let secrets = try SpaceSecrets.make(
            space: halo.space, secret: halo.secret, random: &home.village.keys)
        var random = SeededRandom(seed: 5)
        let other = try IdentityKeys(SeedPhrase.make(random: &random))
        try home.village.peers[thief].arrive(
            Arrival(secrets: secrets, name: "HALO", genesis: nil, root: other))
        home.village.meetAll(thief, in: halo.space)
        home.village.planFlush(thief)
        try home.run(seconds: 15)
        #expect(!home.village.peers[thief].isMember(of: halo.space))
        #expect(home.village.peers[thief].arrivals[halo.space]?.entries.isEmpty == true)
        #expect(try home.village.peers[laptop].members(of: halo.space).first?.devices.count == 1)
    }

    @Test func `an identity that was begun anew is told on both sides when they meet`() throws {
        var home = try Household(seed: 8)
        let laptop = try home.found(), other = try home.found()
        let halo = HaloKeys(home.keys).space
        for peer in [laptop, other] {
            home.village.meetAll(peer, in: halo)
            home.village.planFlush(peer)
        }
        try home.run(seconds: 15)
        for peer in [laptop, other] {
            #expect(home.village.peers[peer].otherFoundings == [halo])
            #expect(try home.village.peers[peer].members(of: halo).first?.devices.count == 1)
        }
    }

    @Test func `nobody but the identity itself makes it look as if it had been begun anew`() throws {
        var home = try Household(seed: 9)
        let laptop = try home.found()
        let halo = HaloKeys(home.keys)
        let honest = try #require(home.village.peers[laptop].spaces[halo.space]?.control.credentials.genesis)
        // One that got hold of the secret, with a founding of its own; and a device of the identity, with one
        // that the identity has not signed.
        let stranger = try home.village.addPeer(), device = try home.addDevice()
        for peer in [stranger, device] {
            let secrets = try SpaceSecrets.make(
                space: halo.space, secret: halo.secret, random: &home.village.keys)
            let store = try home.village.store(halo.space, of: peer)
            try home.village.peers[peer].createSpace(
                named: "HALO", secrets: secrets, store: store, random: &home.village.nodes[peer].random)
            home.village.nodes[peer].spaces[halo.space] = secrets
            home.village.meetAll(peer, in: halo.space)
            home.village.planFlush(peer)
            let forged = try #require(
                home.village.peers[peer].spaces[halo.space]?.control.credentials.genesis)
            #expect(
                !home.village.peers[laptop].isOwnFounding(forged.encoded, named: forged.id, of: halo.space))
        }
        try home.run(seconds: 15)
        #expect(home.village.peers[laptop].otherFoundings.isEmpty)
        // Each of these is said on a link of its own.
        let said: [ArrivalMessage] = [
            .unknown(heads: [], genesis: Digest.blake2b([1])),
            .unknown(heads: [], genesis: Digest.blake2b([1]), founding: honest.encoded),
            .unknown(heads: [], genesis: Digest.blake2b([1]), founding: [1, 2, 3]),
        ]
        for message in said {
            func link(_ village: Village) -> ConnectionID? {
                village.peers[stranger].links.first { $0.value.connection.isEstablished }?.key
            }
            #expect(
                try home.village.run(atMost: .seconds(400)) { village in
                    while link(village) == nil { try village.step() }
                    return true
                })
            let found = try #require(link(home.village))
            try home.village.peers[stranger].links[found]?.connection.send(
                message.encoded(), on: Link.arrivalChannel)
            home.village.planFlush(stranger)
            _ = try home.village.run(atMost: .seconds(1)) { _ in false }
            #expect(home.village.peers[stranger].links[found] == nil, "the link is closed")
        }
        #expect(home.village.peers[laptop].otherFoundings.isEmpty)
    }
}
