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
        let own = await client.identity
        return .list(
            try await client.devices().map { device in
                let isByPhrase = own == DIDKey.encode(device.addedBy)
                return .record([
                    "name": .plain(device.name), "device": .plain(device.id.description),
                    "platform": .plain(device.platform),
                    "addedBy": .plain(isByPhrase ? "the phrase" : device.addedBy.description),
                    "lastSeen": device.lastSeen.map { .plain(Timestamp.text($0)) } ?? .null,
                    "state": .plain(
                        device.isThis ? "this one" : device.isSuspended ? "suspended" : "present"),
                ])
            })
    }

    private func device(named text: String) async throws -> DeviceID {
        let all = try await client.devices()
        let named = all.filter { $0.name == text }
        if named.count == 1 { return named[0].id }
        let byKey = all.filter { text.utf8.count >= 4 && $0.id.description.hasPrefix(text.lowercased()) }
        guard byKey.count == 1 else {
            throw CommandFailure(
                .unknownMember, "No device of the identity is meant by \(text), or more than one; list them.")
        }
        return byKey[0].id
    }

    func renameDevice(_ request: ObjectValue) async throws -> ObjectValue {
        let device = try await device(named: request.required("device"))
        let name = try request.required("name")
        try await client.renameDevice(device, to: name)
        return .record(["device": .plain(device.description), "name": .plain(name)])
    }

    func revokeDevice(_ request: ObjectValue) async throws -> ObjectValue {
        var text: SecretBytes?
        if case .bytes(let sealed)? = request["phrase"] {
            guard let key = envelope.take(), let opened = try? SealedBox.open(sealed, with: key) else {
                throw CommandFailure(.other, "Another command asked for a secret; try again.")
            }
            text = opened
        }
        return try await revokeDevice(named: request.required("device"), phrase: text)
    }

    func revokeDevice(named name: String, phrase text: SecretBytes?) async throws -> ObjectValue {
        var phrase: SeedPhrase?
        if let text {
            do { phrase = try SeedPhrase(parsing: text) } catch { throw ClientError.phrase(error) }
        }
        let device = try await device(named: name)
        let outcomes = try await client.revokeDevice(device, phrase: phrase)
        let names = Dictionary(await client.spaces.map { ($0.id, $0.name) }) { first, _ in first }
        return .record([
            "device": .plain(device.description),
            "spaces": .list(
                outcomes.sorted { $0.key < $1.key }.map { space, outcome in
                    .record([
                        "space": .plain(names[space] ?? "the identity's own"),
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
