import DunlinKeys
import Synchronization

/// Secrets in a keyring file, sealed under a passphrase.
///
/// A change writes a new file and syncs it before it takes the old one's place, which is kept until the new
/// one has been opened once. Nobody else may write the file meanwhile; a home's lock sees to that.
/// - Source: `Docs/Spec/Keys.md`, "Keyring file".
public final class FileKeyStore: PassphraseKeyStore {
    private struct State {
        var keyring: Keyring
        var random = SystemRandom()
        var isErased = false
    }

    private let state: Mutex<State>
    private let folder: KeyringFolder

    private init(_ keyring: Keyring, _ folder: KeyringFolder) {
        state = Mutex(State(keyring: keyring))
        self.folder = folder
    }

    /// Opens the keyring at `path`, and then erases what was kept of the one before it.
    ///
    /// A damaged keyring is not replaced by the one before it: the keys that were made in between would be
    /// lost without a word.
    /// - Throws: ``KeyStoreError/missing(_:)``, ``KeyStoreError/damaged(file:previous:)``, and
    ///   ``KeyringError`` as ``KeyStoreError/keyring(_:)``.
    /// - Complexity: one Argon2id run.
    public static func open(
        at path: String, passphrase: SecretBytes
    ) throws(KeyStoreError) -> FileKeyStore {
        try open(KeyringFolder(path: path), passphrase)
    }

    static func open(_ folder: KeyringFolder, _ passphrase: SecretBytes) throws(KeyStoreError) -> FileKeyStore
    {
        let bytes = try folder.read(folder.path)
        let keyring: Keyring
        do throws(KeyringError) { keyring = try Keyring(opening: bytes, passphrase: passphrase) } catch {
            throw error == .damaged
                ? .damaged(file: folder.path, previous: folder.soundPrevious) : .keyring(error)
        }
        // A disk that cannot be written is no reason not to read; the next opening tries again.
        try? folder.purge()
        return FileKeyStore(keyring, folder)
    }

    /// A new keyring at `path`; nothing is written before the first change.
    /// - Throws: ``KeyStoreError/exists(_:)``; ``KeyStoreError/damaged(file:previous:)`` when only a previous
    ///   keyring is there; ``KeyringError`` as ``KeyStoreError/keyring(_:)``.
    /// - Complexity: one Argon2id run.
    public static func create(
        at path: String, passphrase: SecretBytes, profile: KeyringProfile = .desktop
    ) throws(KeyStoreError) -> FileKeyStore {
        try create(KeyringFolder(path: path), passphrase, profile)
    }

    static func create(
        _ folder: KeyringFolder, _ passphrase: SecretBytes, _ profile: KeyringProfile
    ) throws(KeyStoreError) -> FileKeyStore {
        guard !folder.exists(folder.path) else { throw .exists(folder.path) }
        // What an erasure left is erased; a keyring that somebody lost is not.
        if folder.exists(folder.erased) { try folder.erase() }
        if let previous = folder.soundPrevious { throw .damaged(file: folder.path, previous: previous) }
        var random = SystemRandom()
        do throws(KeyringError) {
            return FileKeyStore(
                try Keyring(passphrase: passphrase, profile: profile, random: &random), folder)
        } catch { throw .keyring(error) }
    }

    /// Whether there is a keyring at `path`.
    public static func exists(at path: String) -> Bool {
        let folder = KeyringFolder(path: path)
        return folder.exists(path)
    }

    /// Whether nothing of a keyring is at `path`, nor what an erasure that was cut short has left.
    public static func isErased(at path: String) -> Bool { KeyringFolder(path: path).isEmpty }

    /// Erases the keyring at `path` without opening it, and what an erasure that was cut short has left.
    public static func erase(at path: String) throws(KeyStoreError) {
        try KeyringFolder(path: path).erase()
    }

    // MARK: Secrets

    /// See ``KeyStore/names()``.
    public func names() throws(KeyStoreError) -> Set<String> {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            return Set(state.keyring.records.keys)
        }
    }

    /// See ``KeyStore/secret(named:)``.
    public func secret(named name: String) throws(KeyStoreError) -> SecretBytes? {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            return state.keyring[name]
        }
    }

    /// See ``KeyStore/change(_:)``.
    /// - Complexity: O(*n*) in the bytes of all secrets; no Argon2id run.
    public func change(_ changes: [KeyChange]) throws(KeyStoreError) {
        try replace { keyring, _ throws(KeyringError) in
            for change in changes { try keyring.set(change.name, to: change.secret) }
        }
    }

    /// Puts the keyring under another passphrase: only the key that encrypts the records is wrapped anew.
    ///
    /// Who has a copy of an earlier file and its passphrase can open that copy, and later files with the key
    /// in it.
    /// - Throws: See ``PassphraseKeyStore/changePassphrase(from:to:)``.
    /// - Complexity: two Argon2id runs.
    public func changePassphrase(from old: SecretBytes, to new: SecretBytes) throws(KeyStoreError) {
        try replace { keyring, random throws(KeyringError) in
            try keyring.changePassphrase(from: old, to: new, random: &random)
        }
    }

    /// Writes the keyring as `body` changes it.
    private func replace(
        _ body: (inout Keyring, inout SystemRandom) throws(KeyringError) -> Void
    ) throws(KeyStoreError) {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            var changed = state.keyring
            let bytes: [UInt8]
            do throws(KeyringError) {
                try body(&changed, &state.random)
                bytes = try changed.sealed(random: &state.random)
            } catch { throw .keyring(error) }
            try folder.replace(with: bytes)
            // From here on the new one is what the next opening finds, also when this fails.
            state.keyring = changed
            try folder.syncFolder()
        }
    }

    /// Erases the keyring before the newest.
    public func purge() throws(KeyStoreError) {
        try state.withLock { _ throws(KeyStoreError) in try folder.purge() }
    }

    /// Overwrites the keyring and the one before it, as far as the file system lets bytes be overwritten, and
    /// takes them away.
    public func erase() throws(KeyStoreError) {
        try state.withLock { state throws(KeyStoreError) in
            state.isErased = true
            try folder.erase()
        }
    }
}
