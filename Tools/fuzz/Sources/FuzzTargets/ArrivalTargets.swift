import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinSpaces

/// Devices on their way into a space, and members who are introduced, at the other end of a link.
enum ArrivalTargets {
    private static let wallClock: UInt64 = 1_000
    private static let secrets: SpaceSecrets = {
        var random = SeededRandom(seed: 60)
        return made {
            try SpaceSecrets.make(
                space: KeyTargets.space, secret: SecretBytes(copying: [UInt8](repeating: 4, count: 32)),
                random: &random)
        }
    }()
    private static let prologue =
        Array("space/1".utf8) + Digest.blake2b("noise", secret: secrets.secret).bytes
    /// A device that nobody has told of; the link is its.
    private static let other = KeyTargets.Person(seed: 61)
    private static let otherSecrets: SpaceSecrets = {
        var random = SeededRandom(seed: 62)
        return made {
            try SpaceSecrets.make(space: KeyTargets.space, secret: secrets.secret, random: &random)
        }
    }()

    private static func device(_ person: KeyTargets.Person) -> LocalDevice {
        LocalDevice(signing: person.signing, box: person.box, chain: person.chain)
    }

    private static func admit(
        _ person: KeyTargets.Person, _ secrets: SpaceSecrets, after parent: CredentialID
    ) -> Credential {
        made {
            try Credential.issue(
                .admit(
                    Admission(chain: person.chain, binding: secrets.binding(of: device(person))), .editor),
                space: KeyTargets.space, parents: [parent], identity: KeyTargets.founder.chain.identity,
                device: KeyTargets.founder.chain.device, signingWith: KeyTargets.founder.signing)
        }
    }

    private static var own: Credential { admit(KeyTargets.guest, secrets, after: KeyTargets.genesis.id) }
    private static var known: [Credential] { [KeyTargets.genesis, own] }
    /// As bytes: the leak sanitizer does not see what a credential that is kept for ever holds.
    private static let knownPart = part(known)

    private static func part(_ credentials: [Credential], isLast: Bool = true) -> [UInt8] {
        let entries = credentials.enumerated().map { number, credential -> CBORValue in
            .array([
                KeyTargets.founder.chain.device.encodedValue, .unsigned(UInt64(number)),
                .bytes(credential.encoded),
            ])
        }
        return CBORValue.array([.unsigned(1), .bool(isLast), .array(entries)]).encoded()
    }

    /// A peer and somebody at the other end who knows the space's secret.
    private struct Talk {
        var peer: Peer
        var other: MeshConnection
        var random = SeededRandom(seed: 63)
        let id: ConnectionID
        var isClosed = false

        init(_ peer: Peer, number: UInt64, staticKey: AgreementKey) {
            self.peer = peer
            id = ConnectionID(rawValue: number)
            other = made { [random] in
                var random = random
                return try MeshConnection(
                    dialling: .space(secret: ArrivalTargets.secrets.secret, random: &random),
                    prologue: ArrivalTargets.prologue, staticKey: staticKey, expecting: nil,
                    random: &random, now: .zero)
            }
            self.peer.handle(.accepted(id), now: .zero, wallClock: wallClock, random: &random)
            carry()
        }

        mutating func say(_ message: [UInt8]) {
            guard !isClosed, (try? other.send(message, on: 2)) != nil else { return }
            carry()
        }

        /// Carries bytes both ways until nobody speaks.
        mutating func carry() {
            while !isClosed {
                let bytes = other.takeOutput()
                if !bytes.isEmpty {
                    peer.handle(.received(id, bytes), now: .zero, wallClock: wallClock, random: &random)
                }
                let effects = made {
                    try peer.takeEffects(now: .zero, wallClock: wallClock, random: &random)
                }
                var isSilent = bytes.isEmpty
                for effect in effects {
                    if case .send(id, let bytes) = effect {
                        _ = other.receive(bytes, now: .zero)
                        isSilent = false
                    }
                    if case .close(id) = effect { isClosed = true }
                    if case .arrived(let space)? = ArrivalTargets.event(effect) { finish(space) }
                }
                if isSilent { return }
            }
        }

        private mutating func finish(_ space: SpaceID) {
            made {
                try peer.finishArrival(
                    in: space, opening: { () throws(SpaceError) in MemorySpaceStore() },
                    keeping: { () throws(SpaceError) in })
            }
            precondition(peer.isMember(of: space), "arrived without being let in")
        }
    }

    private static func event(_ effect: PeerEffect) -> PeerEvent? {
        if case .event(let event) = effect { event } else { nil }
    }

    private static func newcomer() -> Talk {
        var random = SeededRandom(seed: 64)
        var peer = Peer(random: &random)
        made {
            try peer.setDevice(device(KeyTargets.guest))
            try peer.arrive(Arrival(secrets: secrets, name: "Trip", genesis: KeyTargets.genesis.id))
        }
        return Talk(peer, number: 1, staticKey: otherSecrets.noise)
    }

    /// The first byte says who is at the other end; then come messages.
    static func arrival(_ input: [UInt8]) {
        guard let first = input.first else { return }
        var talk = newcomer()
        if first & 1 == 1 {
            talk.say(knownPart)
            precondition(talk.peer.isMember(of: KeyTargets.space), "who was let in does not arrive")
            talk = Talk(talk.peer, number: 2, staticKey: otherSecrets.noise)
        }
        for message in messages(Array(input.dropFirst())) { talk.say(message) }
        guard first & 1 == 1 else { return }
        let members = made { try talk.peer.members(of: KeyTargets.space) }
        precondition(members.contains { $0.identity == KeyTargets.founder.chain.identity })
    }

    static var arrivalSeeds: [[UInt8]] {
        let introduced = admit(other, otherSecrets, after: own.id)
        let signature = made { try KeyTargets.guest.signing.sign([1], purpose: .bundle) }
        return [
            [0] + joined([part(known)]),
            [0] + joined([part([KeyTargets.genesis], isLast: false), part([own])]),
            [1] + joined([part(known + [introduced])]),
            [1] + joined([CBORValue.array([.unsigned(2), .bytes(introduced.encoded)]).encoded()]),
            [1]
                + joined([
                    CBORValue.array([.unsigned(0)]).encoded(),
                    CBORValue.array([
                        .unsigned(0), KeyTargets.guest.chain.identity.encodedValue, signature.encodedValue,
                    ]).encoded(),
                ]),
            [0]
                + joined([
                    CBORValue.array([.unsigned(4), .array([own.id.encodedValue])]).encoded(),
                    CBORValue.array([.unsigned(3)]).encoded(),
                ]),
        ]
    }
}
