import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinIdentity
import DunlinKeys
import DunlinObjects
import Foundation

extension CommandHost {
    // MARK: Devices

    func listDevices() async throws -> ObjectValue {
        let own = await client.identity, devices = try await client.devices()
        var rows: [ObjectValue] = devices.map { device in
            let isByPhrase = own == DIDKey.encode(device.addedBy)
            return .record([
                "name": .plain(device.name), "device": .plain(device.id.description),
                "platform": .plain(device.platform),
                "addedBy": .plain(isByPhrase ? "the phrase" : device.addedBy.description),
                "lastSeen": device.lastSeen.map { .plain(Timestamp.text($0)) } ?? .null,
                "state": .plain(
                    device.isThis
                        ? device.isSuspended ? "this one, suspended" : "this one"
                        : device.isSuspended ? "suspended" : "present"),
            ])
        }
        // It is none of the identity any more, and whoever looks here should know.
        if await client.standing == .removed, let device = await client.deviceID {
            rows.append(
                .record(["device": .plain(device.description), "state": .plain("this one, taken out")]))
        }
        return .list(rows)
    }

    private func device(named text: String) async throws -> DeviceID {
        let all = try await client.devices()
        let named = all.filter { $0.name == text }
        if named.count == 1 { return named[0].id }
        let byKey = all.filter { text.utf8.count >= 4 && $0.id.description.hasPrefix(text.lowercased()) }
        if byKey.count == 1 { return byKey[0].id }
        let count = max(named.count, byKey.count)
        throw CommandFailure(
            .unknownMember,
            count == 0
                ? "No device of the identity is meant by \(text); see `dunlin device list`."
                : "\(count) devices are meant by \(text); give more of the key, see `dunlin device list`."
        )
    }

    func renameDevice(_ request: ObjectValue) async throws -> ObjectValue {
        let device = try await device(named: request.required("device"))
        let name = try request.required("name")
        try await client.renameDevice(device, to: name)
        return .record(["device": .plain(device.description), "name": .plain(name)])
    }

    func revokeDevice(_ request: ObjectValue) async throws -> ObjectValue {
        try await revokeDevice(named: request.required("device"), phrase: sealedPhrase(request))
    }

    func confirmDevice(_ request: ObjectValue) async throws -> ObjectValue {
        try await confirmDevice(named: request.required("device"), phrase: sealedPhrase(request))
    }

    /// What another process has sealed to this one; nil where it has sent none.
    private func sealedPhrase(_ request: ObjectValue) throws(CommandFailure) -> SecretBytes? {
        guard case .bytes(let sealed)? = request["phrase"] else { return nil }
        guard let key = envelope.take(), let opened = try? SealedBox.open(sealed, with: key) else {
            throw CommandFailure(.other, "Another command asked for a secret; try again.")
        }
        return opened
    }

    private func phrase(_ text: SecretBytes?) throws(ClientError) -> SeedPhrase? {
        guard let text else { return nil }
        do { return try SeedPhrase(parsing: text) } catch { throw ClientError.phrase(error) }
    }

    func confirmDevice(named name: String, phrase text: SecretBytes?) async throws -> ObjectValue {
        let phrase = try phrase(text), device = try await device(named: name)
        guard await client.standing != .removed else { throw ClientError.deviceRemoved }
        try await client.confirmDevice(device, phrase: phrase)
        return .record(["device": .plain(device.description), "state": .plain("confirmed")])
    }

    func revokeDevice(named name: String, phrase text: SecretBytes?) async throws -> ObjectValue {
        let phrase = try phrase(text)
        let device = try await device(named: name)
        let own = await client.deviceID
        guard text != nil || own != device else {
            throw CommandFailure(
                .badValue,
                "This is this device: take it out on another one, or say `dunlin identity sign-out`.")
        }
        guard await client.standing != .removed else { throw ClientError.deviceRemoved }
        let outcomes = try await client.revokeDevice(device, phrase: phrase)
        let names = Dictionary(await client.spaces.map { ($0.id, $0.name) }) { first, _ in first }
        return .record([
            "device": .plain(device.description),
            "spaces": .list(
                outcomes.sorted { $0.key < $1.key }.map { space, outcome in
                    .record([
                        "space": .plain(names[space] ?? "your identity"),
                        "state": .plain(
                            outcome == .revoked
                                ? "taken out" : "suspended; it is senior there, take it out with the phrase"),
                    ])
                }),
        ])
    }

    // MARK: Profile

    func profile(_ request: ObjectValue) async throws -> ObjectValue {
        if let name = request.string("name") {
            var profile = try await client.profile() ?? Profile(displayName: name)
            profile.displayName = name
            try await client.setProfile(profile)
        }
        guard let profile = try await client.profile() else {
            throw CommandFailure(.noIdentity, "The profile has not come from another device yet.")
        }
        return .record(["name": .plain(profile.displayName)])
    }

    // MARK: Recovery

    /// Waits until the identity's own space has come, and its spaces with it.
    func recovered(within limit: Duration) async throws(CommandFailure) -> ObjectValue {
        do {
            let deadline = ContinuousClock.now + limit
            var quiet = 0
            while quiet < 10 {
                guard ContinuousClock.now < deadline else {
                    if await client.isRecovered { break }
                    throw CommandFailure(
                        .unreachable,
                        "No device of the identity was met in the time given. Say this again when one is "
                            + "open; if none is left, remove this home and say `dunlin recover --alone`.")
                }
                try await Task.sleep(for: .milliseconds(100))
                let isThere = await client.isRecovered, left = await client.arrivingSpaces
                let isDone = isThere && left.isEmpty
                quiet = isDone ? quiet + 1 : 0
            }
            return .record([
                "identity": .plain(await client.identity ?? ""), "devices": try await listDevices(),
                "spaces": .list(
                    await client.spaces.map { .record(["name": .plain($0.name), "id": .plain("\($0.id)")]) }),
                "waiting": .integer(Int64(await client.arrivingSpaces.count)),
            ])
        } catch { throw CommandFailure(error) }
    }
}
