import Synchronization

/// Secrets that last as long as the process: for tests, and for who keeps them elsewhere.
public final class MemoryKeyStore: KeyStore {
    private struct State {
        var secrets: [String: SecretBytes] = [:]
        var isErased = false
    }

    private let state = Mutex(State())

    /// A store without secrets.
    public init() {}

    /// See ``KeyStore/names()``.
    public func names() throws(KeyStoreError) -> Set<String> {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            return Set(state.secrets.keys)
        }
    }

    /// See ``KeyStore/secret(named:)``.
    public func secret(named name: String) throws(KeyStoreError) -> SecretBytes? {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            return state.secrets[name]
        }
    }

    /// See ``KeyStore/change(_:)``.
    public func change(_ changes: [KeyChange]) throws(KeyStoreError) {
        try state.withLock { state throws(KeyStoreError) in
            if state.isErased { throw .erased }
            for change in changes {
                do throws(KeyringError) { try Keyring.demand(change.name, change.secret) } catch {
                    throw .keyring(error)
                }
            }
            for change in changes { state.secrets[change.name] = change.secret }
        }
    }

    /// There are no former states.
    public func purge() {}

    /// See ``KeyStore/erase()``.
    public func erase() {
        state.withLock { $0 = State(isErased: true) }
    }
}
