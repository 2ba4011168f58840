import Dunlin
import DunlinCredentials
import DunlinKeys
import DunlinObjects

extension CommandHost {
    func removeMember(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        let member = try await client.member(named: request.required("member"), in: space)
        guard await client.identity != DIDKey.encode(member) else {
            throw CommandFailure(.badValue, "This is you; say `dunlin space leave` to take yourself out.")
        }
        try await client.remove(member, from: space)
        return .record(["removed": .plain(DIDKey.encode(member))])
    }

    func leave(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        try await demandOtherAdmin(request, in: space)
        try await client.leave(space)
        return .record(["left": .plain(space.description)])
    }

    /// Whoever is the only admin of others leaves them a space that nobody can let anybody into, nor take
    /// anybody out of: not without being told.
    private func demandOtherAdmin(_ request: ObjectValue, in space: SpaceID) async throws {
        let members = try await client.members(of: space), own = await client.identity
        let others = members.filter { DIDKey.encode($0.identity) != own }
        let isAdmin = members.contains { DIDKey.encode($0.identity) == own && $0.role == .admin }
        guard isAdmin, !others.isEmpty, !others.contains(where: { $0.role == .admin }),
            !request.flag("force")
        else { return }
        throw CommandFailure(
            .notAllowed,
            "You are the only admin: afterwards nobody can invite to the space or take anybody out. Make "
                + "another admin with `dunlin space role`, or say --force.")
    }

    func setRole(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        let member = try await client.member(named: request.required("member"), in: space)
        guard let role = Role(try request.required("role")) else {
            throw CommandFailure(.badValue, "A role is one of admin, editor, reader.")
        }
        if await client.identity == DIDKey.encode(member), role < .admin {
            try await demandOtherAdmin(request, in: space)
        }
        try await client.setRole(of: member, to: role, in: space)
        return .record(["member": .plain(DIDKey.encode(member)), "role": .plain(role.description)])
    }
}
