import DunlinKeys
import Testing

@testable import DunlinCredentials

/// Many acts of one shape: what honest people and what attackers make.
struct ActShape: CustomTestStringConvertible {
    var name: String
    var acts: [Act]
    var testDescription: String { name }

    init(_ name: String, _ make: (inout Maker) -> Void) {
        var maker = Maker()
        make(&maker)
        self.name = name
        acts = maker.acts
    }

    /// Acts by people with a device each, by their names.
    struct Maker {
        private(set) var acts: [Act] = []
        var last: CredentialID { acts[acts.count - 1].id }
        var count: Int { acts.count }

        init() { add("A", .genesis(device: key("A1")), after: []) }

        /// - Parameter after: the last act when nil.
        @discardableResult
        mutating func add(
            _ who: String, _ deed: Act.Deed, after parents: [CredentialID]? = nil, device: String? = nil
        ) -> CredentialID {
            let id = Digest.blake2b(Array("\(acts.count)".utf8))
            acts.append(
                Act(
                    id: id, parents: parents ?? [last], identity: key(who),
                    device: key(device ?? "\(who)1"), deed: deed))
            return id
        }

        @discardableResult
        mutating func admit(
            _ who: String, by: String, _ role: Role = .admin, after: [CredentialID]? = nil,
            device: String? = nil, invite: CredentialID? = nil
        ) -> CredentialID {
            add(
                by, .admit(key(who), device: key(device ?? "\(who)1"), role: role, invite: invite),
                after: after)
        }
    }

    /// What people do, so many acts altogether.
    static func honest(_ count: Int) -> [ActShape] {
        [
            ActShape("one admin's line") { maker in
                while maker.count < count { maker.add("A", .plain(needs: .admin)) }
            },
            ActShape("members who act at the same time") { maker in
                let people = (0..<count / 10).map { "P\($0)" }
                for person in people { maker.admit(person, by: "A") }
                let place = maker.last
                for person in people {
                    var last = place
                    for _ in 0..<9 { last = maker.add(person, .plain(needs: .editor), after: [last]) }
                }
            },
            ActShape("guests of one invitation") { maker in
                let people = (0..<10).map { "P\($0)" }
                for person in people { maker.admit(person, by: "A") }
                let invite = maker.add("A", .invite(role: .editor, limit: 65_536))
                for number in 0..<count - 12 {
                    maker.admit(
                        "G\(number)", by: people[number % 10], .editor, after: [invite], invite: invite)
                }
            },
            ActShape("removals") { maker in
                maker.admit("B", by: "A")
                var place = maker.last
                while maker.count < count {
                    let guest = "G\(maker.count)"
                    let admission = maker.admit(guest, by: "A", after: [place])
                    let removal = maker.add("B", .remove(key(guest), cosigners: []), after: [admission])
                    for _ in 0..<3 { maker.add(guest, .plain(needs: .reader), after: [admission]) }
                    place = removal
                }
            },
            ActShape("somebody who did much") { maker in
                maker.admit("B", by: "A")
                while maker.count < count { maker.add("B", .plain(needs: .admin)) }
            },
        ]
    }

    /// What a member with people and devices of its own makes, to be a burden.
    static func hostile(_ count: Int) -> [ActShape] { removing(count) + admitting(count) }

    /// A member M and its puppet Y, and what they go on to do.
    private static func puppets(_ name: String, _ make: (inout Maker, CredentialID) -> Void) -> ActShape {
        ActShape(name) { maker in
            maker.admit("M", by: "A")
            let place = maker.admit("Y", by: "M")
            make(&maker, place)
        }
    }

    private static func removing(_ count: Int) -> [ActShape] {
        let half = count / 2
        return [
            puppets("a puppet's acts, removed again and again") { maker, place in
                for _ in 0..<half { maker.add("Y", .plain(needs: .admin), after: [place]) }
                for _ in 0..<half { maker.add("M", .remove(key("Y"), cosigners: []), after: [place]) }
            },
            puppets("a puppet removed again and again, then its acts") { maker, place in
                for _ in 0..<half { maker.add("M", .remove(key("Y"), cosigners: []), after: [place]) }
                for _ in 0..<half { maker.add("Y", .plain(needs: .admin), after: [place]) }
            },
            puppets("removals that have seen what another has not") { maker, place in
                maker.add("A", .remove(key("Y"), cosigners: []), after: [place])
                var seen = place
                for _ in 0..<half { seen = maker.add("Y", .plain(needs: .admin), after: [seen]) }
                for _ in 0..<half { maker.add("M", .remove(key("Y"), cosigners: []), after: [seen]) }
            },
            puppets("leaving again and again") { maker, place in
                for _ in 0..<half { maker.add("Y", .plain(needs: .admin), after: [place]) }
                for _ in 0..<half { maker.add("Y", .remove(key("Y"), cosigners: []), after: [place]) }
            },
            puppets("one role after another at the same time") { maker, place in
                for _ in 0..<half { maker.add("Y", .plain(needs: .admin), after: [place]) }
                for number in 0..<half {
                    maker.add("M", .setRole(key("Y"), number % 2 == 0 ? .editor : .reader), after: [place])
                }
            },
        ]
    }

    private static func admitting(_ count: Int) -> [ActShape] {
        let half = count / 2
        return [
            puppets("devices without end") { maker, place in
                for number in 0..<count { maker.add("Y", .admitDevice(key("D\(number)")), after: [place]) }
            },
            puppets("one device admitted and revoked again and again") { maker, place in
                for _ in 0..<half {
                    let admission = maker.add("Y", .admitDevice(key("D")), after: [place])
                    maker.add("Y", .revokeDevice(key("D")), after: [admission])
                }
            },
            puppets("admissions each with a removal that knows it alone") { maker, place in
                for _ in 0..<half {
                    let admission = maker.admit("Z", by: "Y", after: [place])
                    maker.add("M", .remove(key("Z"), cosigners: []), after: [admission])
                }
            },
            puppets("guests of an invitation for half of them") { maker, place in
                let invite = maker.add("M", .invite(role: .editor, limit: half), after: [place])
                for number in 0..<count {
                    maker.admit("G\(number)", by: "Y", .editor, after: [invite], invite: invite)
                }
            },
            puppets("hosts of guests removed one by one") { maker, place in
                let hosts = (0..<count / 3).map { "H\($0)" }
                var last = place
                for host in hosts { last = maker.admit(host, by: "M", .editor, after: [last]) }
                let invite = maker.add("M", .invite(role: .editor, limit: 1), after: [last])
                for (number, host) in hosts.enumerated() {
                    maker.admit("G\(number)", by: host, .editor, after: [invite], invite: invite)
                }
                for host in hosts { maker.add("M", .remove(key(host), cosigners: []), after: [invite]) }
            },
            ActShape("councils and what they decide, again and again") { maker in
                for name in ["B", "C", "D"] { maker.admit(name, by: "A") }
                let place = maker.last
                for _ in 0..<half {
                    maker.add("A", .setCouncil([key("A"), key("B"), key("C")], threshold: 2), after: [place])
                }
                let known = maker.last
                for _ in 0..<half {
                    maker.add(
                        "B",
                        .remove(key("D"), cosigners: [Act.Cosigner(identity: key("C"), device: key("C1"))]),
                        after: [known])
                }
            },
        ]
    }
}
