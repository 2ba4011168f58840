import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Many signed credentials of one shape, to measure what judging them costs.
public struct SignedShape {
    /// What it is like.
    public let name: String
    /// In an order in which parents come first.
    public let credentials: [Credential]
    /// Another one, by which a copy of a set becomes one of its own before something is measured.
    public let warmUp: Credential
    /// Further ones, each to be added alone.
    public let more: [(name: String, credential: Credential)]

    /// The shapes by which membership is measured, built one after the other.
    public static func forEach(_ count: Int, _ body: (SignedShape) throws -> Void) throws {
        var pool = KeyPool(seed: 2)
        for (name, make) in makers {
            var maker = try Maker(pool: pool, count: count)
            try make(&maker)
            pool = maker.pool
            try body(try maker.shape(name))
        }
    }

    private static var makers: [(String, (inout Maker) throws -> Void)] {
        [
            ("one admin's line", line), ("a tenth are members, at the same time", wide),
            ("guests of one invitation", guests), ("random", random), ("removals", removals),
            ("somebody who did much", busy), ("a puppet removed again and again", hostile),
        ]
    }

    private static func line(_ maker: inout Maker) throws {
        while maker.count < maker.wanted { try maker.note(0) }
    }

    private static func wide(_ maker: inout Maker) throws {
        let people = 1...max(1, maker.wanted / 10)
        for person in people { try maker.admit(person, by: 0) }
        let place = maker.last
        for person in people {
            var last = place
            for _ in 0..<9 { last = try maker.note(person, after: [last]) }
        }
    }

    private static func guests(_ maker: inout Maker) throws {
        for person in 1...10 { try maker.admit(person, by: 0) }
        let key = try maker.pool.invite(0)
        let invite = try maker.issue(
            .invite(Invite(key: key.publicKey, role: .editor, limit: 65_536)), by: 0)
        // Some hundred people, each with many devices' worth of admissions, keep the keys few.
        for number in 11..<max(12, min(maker.wanted - 1, 411)) {
            try maker.admit(number, by: number % 10, .editor, after: [invite], invite: (invite, key))
        }
        while maker.count < maker.wanted {
            try maker.note(11 + maker.count % 400, after: [maker.ids[12 + maker.count % 400]])
        }
    }

    private static func removals(_ maker: inout Maker) throws {
        try maker.admit(1, by: 0)
        var place = maker.last, number = 0
        while maker.count < maker.wanted {
            let guest = 2 + number % 400
            number += 1
            let admission = try maker.admit(guest, by: 0, after: [place])
            place = try maker.issue(
                .remove(maker.identity(guest), cuts: [], rotation: nil), by: 1, after: [admission])
            for _ in 0..<3 { try maker.note(guest, after: [admission]) }
        }
    }

    private static func busy(_ maker: inout Maker) throws {
        try maker.admit(1, by: 0)
        while maker.count < maker.wanted { try maker.note(1) }
    }

    /// An admin's puppet acts, and the admin removes it, all at the same time.
    private static func hostile(_ maker: inout Maker) throws {
        try maker.admit(1, by: 0)
        let place = try maker.admit(2, by: 1)
        for _ in 0..<maker.wanted / 2 { try maker.note(2, after: [place]) }
        while maker.count < maker.wanted {
            try maker.issue(.remove(maker.identity(2), cuts: [], rotation: nil), by: 1, after: [place])
        }
    }

    /// Everybody does what they like where they like, mostly near the end.
    private static func random(_ maker: inout Maker) throws {
        var random = SeededRandom(seed: 3)
        var set = CredentialSet(space: maker.pool.space)
        func below(_ bound: Int) -> Int { Int(random.uniform(below: UInt64(bound))) }
        var next = 1
        _ = set.insert(maker.credentials[0])
        for _ in 0..<maker.wanted * 2 where maker.count < maker.wanted {
            let ids = maker.ids
            let parents = (0..<1 + below(3)).map { _ in ids[max(0, ids.count - 1 - below(12))] }
            let view = set.members(at: parents)
            let people = (view?.membersByRank ?? []).filter { !$0.devices.isEmpty }
            guard !people.isEmpty else { continue }
            let issuer = maker.number(of: people[below(people.count)].identity)
            let target = people[below(people.count)].identity
            switch below(20) {
            case 0...4:
                let role: Role = below(3) > 0 ? .admin : .editor
                try maker.admit(next % 300, by: issuer, role, after: parents)
                next += 1
            case 5: try maker.issue(.remove(target, cuts: [], rotation: nil), by: issuer, after: parents)
            case 6:
                try maker.issue(
                    .role(target, below(2) > 0 ? .editor : .admin, cuts: []), by: issuer, after: parents)
            default: try maker.note(issuer, after: parents)
            }
            if let last = maker.credentials.last { _ = set.insert(last) }
        }
    }

    /// Signs one credential after the other.
    struct Maker {
        var pool: KeyPool
        let wanted: Int
        private(set) var credentials: [Credential] = []
        private(set) var ids: [CredentialID] = []
        private var numbers: [IdentityID: Int] = [:]
        private var serial: UInt64 = 0

        init(pool: KeyPool, count: Int) throws {
            self.pool = pool
            wanted = count
            try issue(.genesis(admission(0)), by: 0, after: [])
        }

        var count: Int { credentials.count }
        var last: CredentialID { ids[ids.count - 1] }

        mutating func identity(_ number: Int) throws -> IdentityID {
            let key = try pool.identity(number).publicKey
            numbers[key] = number
            return key
        }

        func number(of identity: IdentityID) -> Int { numbers[identity] ?? 0 }

        @discardableResult
        mutating func issue(
            _ body: CredentialBody, by person: Int, after parents: [CredentialID]? = nil
        ) throws -> CredentialID {
            let credential = try sign(body, by: person, after: parents)
            credentials.append(credential)
            ids.append(credential.id)
            return credential.id
        }

        private mutating func sign(
            _ body: CredentialBody, by person: Int, after parents: [CredentialID]?
        ) throws -> Credential {
            let device = try pool.device(KeyPool.DeviceSlot(owner: person, number: 0)).signing
            return try Credential.issue(
                body, space: pool.space, parents: parents ?? (ids.last.map { [$0] } ?? []),
                identity: identity(person), device: device.publicKey, signingWith: device)
        }

        private mutating func admission(_ person: Int) throws -> Admission {
            _ = try identity(person)
            return try pool.admission(
                of: person, chain: [KeyPool.DeviceSlot(owner: person, number: 0)])
        }

        /// A credential that changes no membership; no two are alike.
        @discardableResult
        mutating func note(_ person: Int, after parents: [CredentialID]? = nil) throws -> CredentialID {
            try issue(nextNote(), by: person, after: parents)
        }

        private mutating func nextNote() -> CredentialBody {
            serial += 1
            return .keyShare(id: Digest.blake2b(CBORValue.unsigned(serial).encoded()), sealed: [])
        }

        @discardableResult
        mutating func admit(
            _ guest: Int, by host: Int, _ role: Role = .admin, after parents: [CredentialID]? = nil,
            invite: (id: CredentialID, key: SigningKey)? = nil
        ) throws -> CredentialID {
            let admission = try admission(guest)
            guard let invite else { return try issue(.admit(admission, role), by: host, after: parents) }
            let device = try pool.device(KeyPool.DeviceSlot(owner: host, number: 0)).signing.publicKey
            let redemption = try Redemption.prove(
                invite.id, admission: admission, host: device, handshake: [UInt8](repeating: 1, count: 64),
                signingWith: invite.key)
            return try issue(.admit(admission, role, redeeming: redemption), by: host, after: parents)
        }

        /// What was made, and what else may come.
        mutating func shape(_ name: String) throws -> SignedShape {
            let counts = credentials.reduce(into: [Int: Int]()) {
                $0[number(of: $1.identity), default: 0] += 1
            }
            let busiest = counts.filter { $0.key != 0 }
                .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
            var more: [(String, Credential)] = [
                ("at the end", try sign(nextNote(), by: 0, after: [last])),
                ("in the middle", try sign(nextNote(), by: 0, after: [ids[count / 2]])),
            ]
            if let busiest {
                let body = CredentialBody.remove(try identity(busiest), cuts: [], rotation: nil)
                more.append(("removal of the busiest", try sign(body, by: 0, after: [last])))
                let target = try identity(busiest)
                if let admission = credentials.first(where: { $0.body.admission?.identity == target }) {
                    more.append(("such a removal backdated", try sign(body, by: 0, after: [admission.id])))
                }
            }
            return SignedShape(
                name: name, credentials: credentials,
                warmUp: try sign(nextNote(), by: 0, after: [ids[0]]), more: more)
        }
    }
}
