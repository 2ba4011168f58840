import DunlinCredentials
import DunlinKeys
import DunlinSpaces

/// The keys of a home, wherever they are kept.
extension Client {
    // MARK: Stores other than the file

    /// Makes a new home without an identity whose keys another store keeps.
    /// - Parameter keys: It holds nothing yet.
    public static func create(at path: String, keys: any KeyStore) async throws(ClientError) -> Client {
        try demandEmpty(keys, for: path)
        return try await create(Home.create(path), keys)
    }

    /// Makes a new home with an identity whose keys another store keeps; see
    /// ``found(at:passphrase:profile:displayName:phrase:)``.
    /// - Parameter keys: It holds nothing yet.
    public static func found(
        at path: String, keys: any KeyStore, displayName: String, phrase: SeedPhrase? = nil
    ) async throws(ClientError) -> (client: Client, phrase: SeedPhrase) {
        do { try Peer.demandName(displayName) } catch { throw .space(error) }
        try demandEmpty(keys, for: path)
        return try await found(Home.create(path), keys, displayName, phrase)
    }

    /// Opens an existing home whose keys another store keeps.
    public static func open(at path: String, keys: any KeyStore) async throws(ClientError) -> Client {
        guard Home.hasFormat(path) else { throw .noHome(path: path) }
        return try await open(Home.open(path), keys)
    }

    static func demandEmpty(_ keys: any KeyStore, for path: String) throws(ClientError) {
        let names: Set<String>
        do { names = try keys.names() } catch { throw ClientError(error) }
        guard names.isEmpty else { throw .homeExists(path: path) }
    }

    // MARK: Reading and changing

    static func newPhrase(_ length: SeedPhrase.Length) throws(ClientError) -> SeedPhrase {
        var random = SystemRandom()
        do { return try SeedPhrase.make(length, random: &random) } catch { throw .phrase(error) }
    }

    func key(_ name: String) throws(ClientError) -> SecretBytes? {
        do { return try keys.secret(named: name) } catch { throw ClientError(error) }
    }

    /// The names that begin with `prefix`.
    func keyNames(below prefix: String) throws(ClientError) -> [String] {
        do { return try keys.names().filter { $0.hasPrefix(prefix) } } catch { throw ClientError(error) }
    }

    func keys(below prefix: String) throws(ClientError) -> [SecretBytes] {
        var found: [SecretBytes] = []
        for name in try keyNames(below: prefix) { if let secret = try key(name) { found.append(secret) } }
        return found
    }

    /// Changes keys in one step; those of an identity that is being founded wait until it is whole.
    func keep(_ changes: [KeyChange]) throws(ClientError) {
        if founding == nil {
            do { try keys.change(changes) } catch { throw ClientError(error) }
            // An id, and no secret.
            if let halo = changes.last(where: { $0.name == "halo" })?.secret {
                haloID = SpaceID(bytes: halo.copied())
            }
        } else {
            founding?.append(contentsOf: changes)
        }
    }

    func keepSpaceErrors(_ changes: [KeyChange]) throws(SpaceError) {
        do throws(ClientError) { try keep(changes) } catch { throw .store(.failed("\(error)")) }
    }

    // MARK: Passphrase

    /// Puts the keys under another passphrase; they and all else stay as they are, and the home stays open.
    ///
    /// Who has a copy of the home from before and the old passphrase keeps what it opens.
    /// - Throws: ``KeyringError/wrongPassphrase`` as ``ClientError/keyring(_:)`` when `old` is not the
    ///   passphrase; ``KeyStoreError/noPassphrase`` as ``ClientError/keyStore(_:)`` when the keys are under
    ///   none. Nothing was changed then.
    /// - Complexity: two Argon2id runs.
    public func changePassphrase(from old: SecretBytes, to new: SecretBytes) throws(ClientError) {
        guard let keys = keys as? any PassphraseKeyStore else { throw .keyStore(.noPassphrase) }
        do { try keys.changePassphrase(from: old, to: new) } catch { throw ClientError(error) }
    }
}
