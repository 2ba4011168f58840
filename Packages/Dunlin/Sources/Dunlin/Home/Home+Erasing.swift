import DunlinKeyStoreFile
import DunlinKeys
import Foundation

/// Taking a home away: a mark, the keys, the databases, the rest, the lock, and the mark last. What a crash
/// leaves is a home as long as there are keys, and later something with a mark, which the next erasure takes
/// away.
///
/// Only files that a home has are touched; others in the folder, and the folder itself, stay.
extension Home {
    var isErasing: Bool { FileManager.default.fileExists(atPath: path + "/erasing") }

    /// Whether there is anything that ``erase()`` would take away: a home, or what is left of one.
    static func hasRemains(_ path: String) -> Bool {
        !FileKeyStore.isErased(at: path + "/keyring")
            || FileManager.default.fileExists(atPath: path + "/erasing")
    }

    func beginErasing() throws(ClientError) { try write([], to: "erasing") }

    /// Takes everything but the keys away, which are gone before.
    func erase() throws(ClientError) {
        try eraseRemains()
        // Somebody else's file in it stays, and with it the folder.
        unsafe rmdir(path + "/spaces")
        try remove("lock")
        try remove("erasing")
        syncFolder()
    }

    /// Takes away what an erasure has left, and keeps the lock.
    func eraseRemains() throws(ClientError) {
        try eraseKeyring()
        let spaces = (try? FileManager.default.contentsOfDirectory(atPath: path + "/spaces")) ?? []
        for name in spaces where Self.databaseSuffixes.contains(where: { name.hasSuffix(".sqlite" + $0) }) {
            try remove("spaces/" + name)
        }
        for name in ["socket", "rendezvous", "incarnation", "incarnation.new", "format", "format.new"] {
            try remove(name)
        }
        try remove("erasing.new")
        syncFolder()
    }

    /// Takes the files of a space away.
    func removeDatabase(_ space: String) throws(ClientError) {
        // The log first: alone, it is nothing that could be read.
        for suffix in Self.databaseSuffixes { try remove("spaces/\(space).sqlite" + suffix) }
    }

    private static let databaseSuffixes = ["-wal", "-shm", "-journal", ""]

    /// Takes a file away; no error when it is not there.
    func remove(_ name: String) throws(ClientError) {
        guard unsafe unlink(path + "/" + name) != 0, errno != ENOENT, errno != ENOTDIR else { return }
        throw .homeUnusable(path: path, reason: Self.lastError)
    }

    /// A key store's failure as one of the home.
    static func error(_ error: KeyStoreError, _ path: String) -> ClientError {
        switch error {
        case .failed(_, let reason): .homeUnusable(path: path, reason: reason)
        case .exists: .homeExists(path: path)
        case .missing: .noHome(path: path)
        case .keyring, .damaged, .noPassphrase, .erased: ClientError(error)
        }
    }
}
