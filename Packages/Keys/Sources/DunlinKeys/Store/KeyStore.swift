/// Where named secrets rest while nobody uses them: a file sealed under a passphrase, a Keychain, a TPM, a
/// Secret Service, or memory.
///
/// Reads see every change that returned. A store has one owner at a time, which calls it one call after
/// another. Names have 1 to 255 bytes of UTF-8, secrets up to 65,535 bytes. A system without transactions
/// keeps all secrets in one item.
/// - Source: `Docs/Spec/Keys.md`, "Key stores".
public protocol KeyStore: AnyObject, Sendable {
    /// The names of all secrets.
    func names() throws(KeyStoreError) -> Set<String>

    /// The secret of a name; nil when there is none.
    func secret(named name: String) throws(KeyStoreError) -> SecretBytes?

    /// Makes all changes together, durable when it returns. Also an empty list makes the store durable.
    /// - Throws: ``KeyStoreError``; then all of them were made or none, as reading tells.
    func change(_ changes: [KeyChange]) throws(KeyStoreError)

    /// Erases what is kept of former states for safety, so that nothing of a removed secret is left but what
    /// the medium holds on to.
    func purge() throws(KeyStoreError)

    /// Erases all secrets and what is kept of former states; the store is of no use afterwards. What failed
    /// half-way can be done again.
    func erase() throws(KeyStoreError)
}

/// A change of one secret in a ``KeyStore``.
public enum KeyChange: Sendable {
    /// Gives a name a secret, in the place of one that it has.
    case set(String, SecretBytes)
    /// Takes a name and its secret away; no error when there is none.
    case remove(String)

    /// The name that is changed.
    public var name: String {
        switch self {
        case .set(let name, _), .remove(let name): name
        }
    }

    /// The secret that the name has afterwards.
    public var secret: SecretBytes? {
        switch self {
        case .set(_, let secret): secret
        case .remove: nil
        }
    }
}

/// A store that a passphrase opens.
public protocol PassphraseKeyStore: KeyStore {
    /// Puts the store under another passphrase; the secrets stay as they are.
    /// - Throws: ``KeyringError/wrongPassphrase`` as ``KeyStoreError/keyring(_:)`` when `old` is not its
    ///   passphrase; then nothing was changed.
    func changePassphrase(from old: SecretBytes, to new: SecretBytes) throws(KeyStoreError)
}

/// Why a ``KeyStore`` could not be read or changed.
public enum KeyStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The passphrase, or what it opens, is not what it should be.
    case keyring(KeyringError)
    /// The newest file does not read. When the one before it is whole, it is named: move it in the other's
    /// place; what was kept since then is not in it.
    case damaged(file: String, previous: String?)
    /// There are keys here already; open them, or choose another place.
    case exists(String)
    /// There are no keys here.
    case missing(String)
    /// The store knows no passphrase; change it where the keys are kept.
    case noPassphrase
    /// The system refused; the reason is its own.
    case failed(place: String, reason: String)
    /// The store was erased.
    case erased

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .keyring(let cause): "\(cause)"
        case .damaged(let file, let previous?):
            "The keyring \(file) is damaged or missing; the one before it is whole: `mv \(previous) \(file)` "
                + "restores it, without the keys that were made since."
        case .damaged(let file, nil): "The keyring \(file) is damaged; restore it from a backup."
        case .exists(let place): "There are keys at \(place) already; open them, or choose another place."
        case .missing(let place): "There are no keys at \(place)."
        case .noPassphrase: "These keys are under no passphrase; change it where they are kept."
        case .failed(let place, let reason): "The keys at \(place) cannot be used: \(reason)."
        case .erased: "The keys were erased; open or make another home."
        }
    }
}
