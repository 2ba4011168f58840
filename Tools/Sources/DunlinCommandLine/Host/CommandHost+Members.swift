import Dunlin
import DunlinCredentials
import DunlinKeys
import DunlinObjects

extension CommandHost {
    func removeMember(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        let member = try await client.member(named: request.required("member"), in: space)
        try await client.remove(member, from: space)
        return .record(["removed": .plain(DIDKey.encode(member))])
    }

    func leave(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        try await client.leave(space)
        return .record(["left": .plain(space.description)])
    }

    func setRole(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        let member = try await client.member(named: request.required("member"), in: space)
        guard let role = Role(try request.required("role")) else {
            throw CommandFailure(.badValue, "A role is one of admin, editor, reader.")
        }
        try await client.setRole(of: member, to: role, in: space)
        return .record(["member": .plain(DIDKey.encode(member)), "role": .plain(role.description)])
    }
}
