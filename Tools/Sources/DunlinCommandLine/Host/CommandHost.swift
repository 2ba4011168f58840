import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinIdentity
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces

/// Carries out commands on an open client, whether they come from this process or through the home's socket.
public struct CommandHost: Sendable {
    public typealias Emit = @Sendable (ObjectValue) -> Void

    public let client: Client
    let codes = TypedCodes()
    let envelope = PassphraseEnvelope()

    public init(client: Client) { self.client = client }

    /// Carries out one request.
    /// - Parameter emit: gets what happens on the way.
    /// - Throws: ``CommandFailure``.
    public func run(_ request: ObjectValue, emit: @escaping Emit) async throws(CommandFailure) -> ObjectValue
    {
        do {
            switch request.string("command") ?? "" {
            case "whoami": return try await whoami()
            case "passphrase key": return try passphraseKey()
            case "passphrase": return try await changePassphrase(request)
            case "identity sign-out": return try await signOut()
            case "space create": return try await createSpace(request)
            case "space list": return try await listSpaces()
            case "space members": return try await members(request)
            case "device list": return try await listDevices()
            case "device rename": return try await renameDevice(request)
            case "device revoke": return try await revokeDevice(request)
            case "device confirm": return try await confirmDevice(request)
            case "present": return try await present(request)
            case "profile": return try await profile(request)
            case "space remove": return try await removeMember(request)
            case "space leave": return try await leave(request)
            case "space role": return try await setRole(request)
            case "space forget": return try await forget(request)
            case "space why": return try await why(request)
            case "space graph": return try await graph(request)
            case "invite": return try await invite(request, emit)
            case "invite cancel": return try await cancelInvitation(request)
            case "contacts": return try await contacts()
            case "space add": return try await addContact(request)
            case "invite decline": return try await declineLetter(request)
            case "invitations": return try await invitations()
            case "join": return try await join(request, emit)
            case "join code": return try await typeCode(request)
            case "put": return try await put(request)
            case "get": return try await get(request)
            case "list": return try await list(request)
            case "rm": return try await remove(request)
            case "edit": return try await edit(request)
            case "move": return try await move(request)
            case "mark": return try await mark(request)
            case "runs": return try await runs(request)
            case "watch": return try await watch(request, emit)
            case "sync": return try await sync(request, emit)
            case "status": return try await status()
            case "export": return try await export(request)
            case let other: throw CommandFailure(.other, "There is no command \(other).")
            }
        } catch { throw CommandFailure(error) }
    }

    // MARK: Identity and spaces

    private func whoami() async throws -> ObjectValue {
        guard let identity = await client.identity else {
            throw CommandFailure(
                .noIdentity, "This home has no identity yet; join one as a device with `dunlin join`.")
        }
        var fields: [String: ObjectValue] = [
            "name": try await client.displayName().map { .plain($0) } ?? .null, "identity": .plain(identity),
            "device": .plain(await client.deviceID?.description ?? ""),
        ]
        await addStanding(to: &fields)
        return .record(fields)
    }

    private func createSpace(_ request: ObjectValue) async throws -> ObjectValue {
        let name = try request.required("name")
        let id = try await client.createSpace(named: name)
        return .record(["id": .plain(id.description), "name": .plain(name)])
    }

    private func listSpaces() async throws -> ObjectValue {
        let damaged = await client.damagedSpaces
        var rows: [ObjectValue] = []
        for space in await client.spaces {
            var row: [String: ObjectValue] = [
                "name": .plain(space.name), "id": .plain(space.id.description),
                "role": .plain(space.role.map(\.description) ?? "none"),
                "members": .integer(Int64(space.memberCount)),
            ]
            switch await client.standing(in: space.id) {
            case .removed?: row["standing"] = .plain("this device was taken out")
            case .suspended?: row["standing"] = .plain("this device is suspended")
            case .present?, nil: break
            }
            if let cause = await client.exclusion(from: space.id) { row["error"] = .plain("\(cause)") }
            rows.append(.record(row))
        }
        return .list(
            rows
                + damaged.sorted { $0.key < $1.key }.map { id, error in
                    .record(["id": .plain(id.description), "error": .plain("\(error)")])
                })
    }

    private func members(_ request: ObjectValue) async throws -> ObjectValue {
        let own = await client.identity, space = try await space(request)
        let names = try await client.names(in: space)
        return .list(
            try await client.members(of: space).map { member in
                let did = DIDKey.encode(member.identity)
                return .record([
                    "identity": .plain(did), "role": .plain(member.role.description),
                    "devices": .integer(Int64(member.devices.count)), "you": .bool(did == own),
                    "name": names[member.identity].map { .plain($0) } ?? .null,
                    "key": .plain(Client.shortKey(of: member.identity)),
                ])
            })
    }

    func space(_ request: ObjectValue) async throws -> SpaceID {
        try await client.space(named: request.required("space"))
    }

    // MARK: Objects

    func objectID(_ request: ObjectValue) throws -> ObjectID {
        let text = try request.required("object")
        guard let id = ObjectID(text) else {
            throw CommandFailure(.unknownObject, "\(text) is not the id of an object.")
        }
        return id
    }

    private func put(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        guard let value = request["value"] else { throw CommandFailure(.badValue, "A value is needed.") }
        if request.string("object") == nil {
            guard case .map = value else {
                throw CommandFailure(.badValue, #"An object is a map, like {"title":"Tickets"}."#)
            }
            let id = try await client.insert(
                value, type: request.string("type").map { UTF8String($0) }, into: space)
            return .record(["id": .plain(id.description)])
        }
        let id = try objectID(request)
        let path = ObjectPath(request.string("path") ?? "")
        try await client.edit(id, in: space) { editor throws(ObjectError) in try editor.put(value, at: path) }
        return .record(["id": .plain(id.description)])
    }

    private func get(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        let path = ObjectPath(request.string("path") ?? "")
        guard
            let value = try await client.value(
                id, in: space,
                { document in
                    path.steps.isEmpty ? document.root() : document.value(at: path)
                })
        else { throw CommandFailure(.unknownObject, "The object has nothing at \(path).") }
        return value
    }

    private func list(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        var rows: [ObjectValue] = []
        for id in try await client.objectIDs(in: space, type: request.string("type").map { UTF8String($0) }) {
            rows.append(
                try await client.value(id, in: space) { document in
                    .record([
                        "id": .plain(id.description), "type": document.type.map { .string($0) } ?? .null,
                        "value": document.root(),
                    ])
                })
        }
        return .list(rows)
    }

    private func remove(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        if let path = request.string("path") {
            try await client.edit(id, in: space) { editor throws(ObjectError) in
                try editor.remove(ObjectPath(path))
            }
        } else {
            try await client.delete(id, in: space)
        }
        return .record(["id": .plain(id.description)])
    }

    private func edit(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        let path = ObjectPath(try request.required("path"))
        let position = try request.place("at"), count = try request.place("count")
        let text = request.string("text") ?? ""
        try await client.edit(id, in: space) { editor throws(ObjectError) in
            if count > 0 { try editor.deleteText(position..<position + count, in: path) }
            if !text.isEmpty { try editor.insertText(text, at: position, in: path) }
        }
        let value = try await client.value(id, in: space) { $0.value(at: path) }
        return value ?? .null
    }

    private func export(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request)
        var request = request
        if case .map(var fields) = request {
            fields["type"] = nil
            request = .map(fields)
        }
        return .record([
            "space": .plain(space.description),
            "stateHash": .plain(try await client.stateHash(of: space).description),
            "objects": try await list(request),
        ])
    }

    // MARK: Sync

    private func sync(_ request: ObjectValue, _ emit: @escaping Emit) async throws -> ObjectValue {
        guard request.flag("untilIdle") else {
            // Runs as a peer until the process ends.
            var told: Set<LetterID> = [], standing = DeviceStanding.present
            let events = await client.events(withStanding: true)
            try await tellLetters(&told, emit)
            await tellStanding(&standing, emit)
            for await event in events {
                switch event {
                case .membersChanged: await tellStanding(&standing, emit)
                case .letter: try await tellLetters(&told, emit)
                case .connected(let space, let device):
                    emit(
                        .record([
                            "event": .plain("connected"), "space": .plain("\(space)"),
                            "device": .plain("\(device)"),
                        ]))
                case .disconnected(let space, let device):
                    emit(
                        .record([
                            "event": .plain("disconnected"), "space": .plain("\(space)"),
                            "device": .plain("\(device)"),
                        ]))
                case .rendezvous(let address, let isConnected):
                    emit(
                        .record([
                            "event": .plain(isConnected ? "rendezvous" : "rendezvous-lost"),
                            "address": .plain("\(address)"),
                        ]))
                case .excluded(let space, let cause):
                    emit(
                        .record([
                            "event": .plain("excluded"), "space": .plain("\(space)"),
                            "reason": .plain("\(cause)"),
                        ]))
                case .objectsChanged, .ownedObjectsChanged, .progress, .invitation, .join,
                    .arrived:
                    break
                }
            }
            return .null
        }
        let deadline = ContinuousClock.now + .seconds(request.integer("timeout") ?? 30)
        var quiet = 0
        while quiet < 5 {
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    .unreachable, "No other peer is in sync with this one after the time given.")
            }
            try await Task.sleep(for: .milliseconds(100))
            quiet = try await isIdle() ? quiet + 1 : 0
        }
        return try await status()
    }

    /// Every space with other devices is linked to at least one of them, and everything is exchanged.
    private func isIdle() async throws -> Bool {
        for space in await client.spaces where space.deviceCount > 1 {
            let links = try await client.links(in: space.id)
            guard !links.isEmpty, links.allSatisfy(\.isInSync) else { return false }
        }
        return true
    }

    private func status() async throws -> ObjectValue {
        var spaces: [ObjectValue] = []
        for space in await client.spaces {
            let links = try await client.links(in: space.id)
            let names = try await client.names(in: space.id)
            spaces.append(
                .record([
                    "name": .plain(space.name), "id": .plain(space.id.description),
                    "stateHash": .plain(try await client.stateHash(of: space.id).description),
                    "waitingBlocks": .integer(Int64(try await client.waitingBlocks(in: space.id))),
                    "peers": .list(
                        links.map { link in
                            .record([
                                "device": .plain(link.device.description),
                                "identity": link.identity.map { .plain(DIDKey.encode($0)) } ?? .null,
                                "name": link.identity.flatMap { names[$0] }.map { .plain($0) } ?? .null,
                                "inSync": .bool(link.isInSync),
                                "toSend": .integer(Int64(link.unconfirmedBlocks)),
                                "toReceive": .integer(Int64(link.missingBlocks)),
                            ])
                        }),
                ]))
        }
        let bytes = await client.byteCounts
        var fields: [String: ObjectValue] = [
            "spaces": .list(spaces), "bytesSent": .integer(Int64(clamping: bytes.sent)),
            "bytesReceived": .integer(Int64(clamping: bytes.received)),
        ]
        await addStanding(to: &fields)
        return .record(fields)
    }

    /// What the owner should know of the identity, where there is anything.
    private func addStanding(to fields: inout [String: ObjectValue]) async {
        fields["recovery"] = await recovery()
        if let words = Self.words(await client.standing) { fields["standing"] = .plain(words) }
        guard await client.isIdentityApart else { return }
        fields["warning"] = .plain(
            "A device of this identity was met whose spaces are apart from those here, since `dunlin recover "
                + "--alone` began anew on one of the two; they do not join. Keep one: take the identity off "
                + "the other with `dunlin identity sign-out`, then say `dunlin recover` there.")
    }

    /// What the owner of a device should know that does not speak for its identity any more.
    private static func words(_ standing: DeviceStanding?) -> String? {
        switch standing {
        case .removed?: "taken out. \(ClientError.deviceRemoved)"
        case .suspended?: "suspended. \(ClientError.deviceSuspended)"
        case .present?, nil: nil
        }
    }

    /// Tells when this device is suspended, taken out, or trusted again.
    private func tellStanding(_ told: inout DeviceStanding, _ emit: Emit) async {
        guard let standing = await client.standing, standing != told else { return }
        told = standing
        emit(
            .record([
                "event": .plain("standing"),
                "standing": .plain(Self.words(standing) ?? "present. This device is trusted again."),
            ]))
    }

    /// How far a recovery has come that is not finished; nil where there is none.
    private func recovery() async -> ObjectValue? {
        guard await client.identity != nil else { return nil }
        guard await client.isRecovered else {
            return .plain(
                "not finished: no other device of the identity was met; say `dunlin recover` again when one "
                    + "is open")
        }
        let waiting = await client.arrivingSpaces.count
        return waiting == 0
            ? nil
            : .plain(
                "\(waiting) of the identity's spaces still to come, from a device or a member that is open")
    }
}
