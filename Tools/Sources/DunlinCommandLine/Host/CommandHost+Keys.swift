import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects
import Synchronization

/// The key to which another process seals a passphrase for this one: what goes through the socket is never
/// the passphrase itself, which so lies in no buffer on the way. Each key serves once.
final class PassphraseEnvelope: Sendable {
    private let key = Mutex<AgreementKey?>(nil)

    /// A fresh key, which replaces one that nobody used.
    func open() throws(KeyError) -> AgreementPublicKey {
        var random = SystemRandom()
        let fresh = try AgreementKey.make(random: &random)
        key.withLock { $0 = fresh }
        return fresh.publicKey
    }

    /// The key, which is then used up.
    func take() -> AgreementKey? {
        key.withLock { key in
            defer { key = nil }
            return key
        }
    }
}

extension CommandHost {
    func passphraseKey() throws -> ObjectValue { .record(["key": .bytes(try envelope.open().bytes)]) }

    func changePassphrase(_ request: ObjectValue) async throws -> ObjectValue {
        guard let key = envelope.take(), case .bytes(let old)? = request["old"],
            case .bytes(let new)? = request["new"]
        else { throw CommandFailure(.other, "Another command asked for the passphrase; try again.") }
        let opened: (old: SecretBytes, new: SecretBytes)
        do { opened = (try SealedBox.open(old, with: key), try SealedBox.open(new, with: key)) } catch {
            throw CommandFailure(.other, "Another command asked for the passphrase; try again.")
        }
        try await client.changePassphrase(from: opened.old, to: opened.new)
        return .record(["state": .plain("passphrase changed")])
    }

    func forget(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await forgettable(request)
        try await client.forget(space)
        return .record(["space": .plain(space.description), "state": .plain("forgotten")])
    }

    /// A damaged space has no name any more, but an id.
    private func forgettable(_ request: ObjectValue) async throws -> SpaceID {
        let text = try request.required("space").lowercased()
        let damaged = await client.damagedSpaces.keys.filter {
            text.utf8.count >= 4 && $0.description.hasPrefix(text)
        }
        if damaged.count == 1, let id = damaged.first { return id }
        return try await space(request)
    }

    func signOut() async throws -> ObjectValue {
        try await client.signOut()
        return .record(["state": .plain("signed out")])
    }
}
