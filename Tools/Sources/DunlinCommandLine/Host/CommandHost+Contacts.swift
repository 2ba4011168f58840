import Dunlin
import DunlinCredentials
import DunlinIdentity
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces

extension CommandHost {
    func contacts() async throws -> ObjectValue {
        let spaces = await spaceNames()
        return .list(
            try await client.contacts().map { contact in
                .record([
                    "identity": .plain(DIDKey.encode(contact.identity)),
                    "key": .plain(Client.shortKey(of: contact.identity)),
                    "name": contact.name.map { .plain($0) } ?? .null,
                    "spaces": .list(contact.spaces.map { .plain(spaces[$0] ?? $0.description) }),
                ])
            })
    }

    func addContact(_ request: ObjectValue) async throws -> ObjectValue {
        guard let role = Role(request.string("role") ?? "editor") else {
            throw CommandFailure(.badValue, "A role is one of admin, editor, reader.")
        }
        let contact = try await client.contact(named: request.required("contact"))
        var through: SpaceID?
        if let name = request.string("through") { through = try await client.space(named: name) }
        let invitation = try await client.invite(
            contact.identity, to: space(request), role: role, through: through,
            lifetime: .seconds(request.integer("seconds") ?? 7 * 24 * 3_600))
        return .record([
            "id": .plain(invitation.id.description),
            "identity": .plain(DIDKey.encode(contact.identity)),
            "name": contact.name.map { .plain($0) } ?? .null,
            "expires": .plain(Timestamp.text(invitation.ticket.expires)),
        ])
    }

    func declineLetter(_ request: ObjectValue) async throws -> ObjectValue {
        let name = try request.required("from")
        let letter = try await client.letter(named: name)
        try await client.decline(letter.id)
        // Whoever names the contact means all that it has sent to that space.
        for other in try await client.letters() where name != letter.id.description {
            guard other.sender == letter.sender, other.space == letter.space else { continue }
            try await client.decline(other.id)
        }
        return .record(["id": .plain(letter.id.description), "state": .plain("declined")])
    }

    func join(from text: String, _ timeout: Duration, _ emit: @escaping Emit) async throws -> ObjectValue {
        let letter = try await client.letter(named: text)
        emit(try await told(letter).with("event", .plain("letter")))
        await client.connect(rendezvous: letter.ticket.rendezvous.compactMap { RendezvousAddress($0) })
        return try await follow(client.accept(letter.id, timeout: timeout), code: nil, emit)
    }

    /// Received invitations as rows of the list of all.
    func letters() async throws -> [ObjectValue] {
        var rows: [ObjectValue] = []
        for letter in try await client.letters() { rows.append(try await told(letter)) }
        return rows
    }

    /// Tells of letters that were not told yet.
    func tellLetters(_ told: inout Set<LetterID>, _ emit: Emit) async throws {
        for letter in try await client.letters() where told.insert(letter.id).inserted {
            emit(try await self.told(letter).with("event", .plain("letter")))
        }
    }

    /// Who invites to what; the space's name is the sender's word until it was joined.
    private func told(_ letter: Letter) async throws -> ObjectValue {
        let name = try await client.names(in: letter.through)[letter.sender]
        let through = await spaceNames()[letter.through]
        return .record([
            "id": .plain(letter.id.description), "kind": .plain("letter"), "state": .plain("received"),
            "space": .plain(letter.name), "verified": .bool(false),
            "inviter": .plain(DIDKey.encode(letter.sender)),
            "inviterName": name.map { .plain($0) } ?? .null,
            "through": .plain(through ?? letter.through.description),
            "expires": .plain(Timestamp.text(letter.expires)),
        ])
    }

    private func spaceNames() async -> [SpaceID: String] {
        Dictionary(await client.spaces.map { ($0.id, $0.name) }) { first, _ in first }
    }
}
