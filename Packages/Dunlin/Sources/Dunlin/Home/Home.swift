import DunlinKeyStoreFile
import DunlinKeys
import Foundation

/// A home folder: the keyring, one database for each space, and a lock.
///
///     format      the number of the layout
///     keyring     sealed secrets; keyring.previous is the one before, until this one has been opened
///     spaces/     <space id>.sqlite
///     lock        held by the process that has the home open
///     incarnation which file on which machine this is: a copy of it says something else than it is
///     socket      where that process serves others
///     erasing     there while all of it is being taken away
final class Home: Sendable {
    static let format = 1

    let path: String
    private let lock: Int32

    /// Makes the folder and takes the lock.
    /// - Throws: ``ClientError/homeExists(path:)`` and what concerns the disk.
    static func create(_ path: String) throws(ClientError) -> Home {
        guard !exists(path) else { throw .homeExists(path: path) }
        do {
            try FileManager.default.createDirectory(
                atPath: path + "/spaces", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        } catch { throw .homeUnusable(path: path, reason: Self.reason(error)) }
        let home = try Home(path)
        if home.isErasing {
            try home.eraseRemains()
            try home.remove("erasing")
        }
        try home.write(Array("\(format)\n".utf8), to: "format")
        try home.markOriginal()
        return home
    }

    static func exists(_ path: String) -> Bool { FileKeyStore.exists(at: path + "/keyring") }

    /// Whether a home was made here, wherever its keys are.
    static func hasFormat(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/format")
    }

    /// Opens an existing home and takes its lock.
    static func open(_ path: String) throws(ClientError) -> Home {
        if let text = try? String(contentsOfFile: path + "/format", encoding: .utf8),
            let version = Int(text.filter(\.isNumber)), version > format
        {
            throw .newerHome(version: version)
        }
        let home = try Home(path)
        if !FileManager.default.fileExists(atPath: path + "/incarnation") { try home.markOriginal() }
        // Who began to erase it did not come to the keys.
        if home.isErasing { try home.remove("erasing") }
        return home
    }

    /// Takes the lock of a home, whatever state it is in.
    static func lock(_ path: String) throws(ClientError) -> Home { try Home(path) }

    /// Whether the folder was copied here from another place: the file says that it is another one.
    var isCopy: Bool {
        let name = path + "/incarnation"
        guard let text = try? String(contentsOfFile: name, encoding: .utf8) else { return false }
        var status = stat()
        guard unsafe stat(name, &status) == 0 else { return false }
        return text != Self.incarnation(UInt64(status.st_ino))
    }

    /// Makes this the home that may write.
    func markOriginal() throws(ClientError) {
        try write(to: "incarnation") { file in
            var status = stat()
            unsafe fstat(file, &status)
            return Array(Self.incarnation(UInt64(status.st_ino)).utf8)
        }
    }

    /// A file keeps its number when the folder is moved, and loses it when it is copied.
    private static func incarnation(_ number: UInt64) -> String {
        let machine = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
        return "\(number) \(machine.filter { $0.isHexDigit })\n"
    }

    private init(_ path: String) throws(ClientError) {
        self.path = path
        lock = unsafe Foundation.open(path + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw .homeUnusable(path: path, reason: Self.lastError) }
        // An object that is whole is taken down when its making fails, too: that closes the file, and once.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { throw .homeBusy(path: path) }
    }

    deinit { if lock >= 0 { Foundation.close(lock) } }

    /// Lets other processes open the home.
    func unlock() { flock(lock, LOCK_UN) }

    private static func reason(_ error: any Error) -> String {
        let text = error.localizedDescription
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    static var lastError: String { unsafe String(cString: strerror(errno)) }

    func databasePath(_ space: String) -> String { path + "/spaces/\(space).sqlite" }

    var keyringPath: String { path + "/keyring" }

    func openKeyring(_ passphrase: SecretBytes) throws(ClientError) -> FileKeyStore {
        do { return try FileKeyStore.open(at: keyringPath, passphrase: passphrase) } catch {
            throw Self.error(error, path)
        }
    }

    func createKeyring(_ passphrase: SecretBytes, _ profile: KeyringProfile) throws(ClientError)
        -> FileKeyStore
    {
        do { return try FileKeyStore.create(at: keyringPath, passphrase: passphrase, profile: profile) } catch
        {
            throw Self.error(error, path)
        }
    }

    func eraseKeyring() throws(ClientError) {
        do { try FileKeyStore.erase(at: keyringPath) } catch { throw Self.error(error, path) }
    }

    func write(_ bytes: [UInt8], to name: String) throws(ClientError) {
        try write(to: name) { _ in bytes }
    }

    private func write(to name: String, _ contents: (Int32) -> [UInt8]) throws(ClientError) {
        let final = path + "/" + name, temporary = final + ".new"
        let file = unsafe Foundation.open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .homeUnusable(path: path, reason: Self.lastError) }
        let bytes = contents(file)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes {
                unsafe Foundation.write(file, $0.baseAddress, $0.count)
            }
            guard count > 0 else {
                let reason = Self.lastError
                Foundation.close(file)
                throw .homeUnusable(path: path, reason: reason)
            }
            written += count
        }
        guard fsync(file) == 0, Foundation.close(file) == 0, unsafe rename(temporary, final) == 0 else {
            throw .homeUnusable(path: path, reason: Self.lastError)
        }
        syncFolder()
    }

    /// A name is durably there, or gone, when its folder is synced.
    func syncFolder() {
        let folder = unsafe Foundation.open(path, O_RDONLY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            Foundation.close(folder)
        }
    }
}
