import DunlinKeys
import Foundation

/// The files of a keyring, and the steps in which they change: at each a crash leaves a whole keyring, the
/// old one or the new.
///
///     keyring           the newest
///     keyring.previous  the one before it, until the newest has been opened
///     keyring.new       being written
///     keyring.erased    being overwritten
/// - Source: `Docs/Spec/Keys.md`, "Keyring file".
struct KeyringFolder: Sendable {
    /// What happens to the files, in this order.
    enum Step: CaseIterable, Sendable {
        // Of replacing the keyring.
        case create, writeHalf, writeAll, sync, verify, dropPrevious, keepPrevious, replace, syncFolder
        // Of erasing it.
        case mark, overwrite, unlink
    }

    /// A keyring has at most 64 MiB of records; nothing larger is read.
    private static let byteCountLimit = 65 << 20

    /// The path of the newest.
    let path: String
    /// Called before each step: tests let it fail, or take the files as a crash would leave them.
    var before: @Sendable (Step) throws(KeyStoreError) -> Void = { _ in }

    var previous: String { path + ".previous" }
    var new: String { path + ".new" }
    var erased: String { path + ".erased" }
    private var all: [String] { [new, previous, path, erased] }

    func exists(_ file: String) -> Bool {
        var status = stat()
        return unsafe lstat(file, &status) == 0
    }

    /// Whether there is anything of a keyring here.
    var isEmpty: Bool { !all.contains(where: exists) }

    // MARK: Reading

    /// - Throws: ``KeyStoreError/missing(_:)``, ``KeyStoreError/failed(place:reason:)``.
    func read(_ file: String) throws(KeyStoreError) -> [UInt8] {
        let descriptor = unsafe open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw errno == ENOENT ? .missing(path) : failure }
        defer { close(descriptor) }
        return try read(descriptor)
    }

    private func read(_ descriptor: Int32) throws(KeyStoreError) -> [UInt8] {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure }
        guard Int(status.st_size) <= Self.byteCountLimit else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeMutableBytes {
                unsafe pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
            }
            guard count >= 0 else { throw failure }
            guard count > 0 else { break }
            offset += count
        }
        return Array(bytes[..<offset])
    }

    /// The file before the newest, when it is whole.
    var soundPrevious: String? {
        guard let bytes = try? read(previous), Keyring.isSound(bytes) else { return nil }
        return previous
    }

    // MARK: Replacing

    /// Puts a new file in the place of the newest, which becomes the previous. ``syncFolder()`` makes it
    /// durable.
    /// - Throws: ``KeyStoreError``; then the newest is what it was.
    func replace(with bytes: [UInt8]) throws(KeyStoreError) {
        do throws(KeyStoreError) {
            try write(bytes)
            try before(.dropPrevious)
            try discard(previous)
            try before(.keepPrevious)
            // Where a file system knows no second names there is no previous one; the newest is whole all the
            // same.
            _ = unsafe link(path, previous)
            try before(.replace)
            guard unsafe rename(new, path) == 0 else { throw failure }
        } catch {
            unsafe unlink(new)
            throw error
        }
    }

    private func write(_ bytes: [UInt8]) throws(KeyStoreError) {
        try before(.create)
        let file = unsafe open(new, O_RDWR | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure }
        defer { close(file) }
        try before(.writeHalf)
        try write(bytes[..<(bytes.count / 2)], to: file)
        try before(.writeAll)
        try write(bytes[(bytes.count / 2)...], to: file)
        try before(.sync)
        guard fsync(file) == 0 else { throw failure }
        try before(.verify)
        guard try read(file) == bytes else {
            throw .failed(place: path, reason: "what was written does not read back")
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, to file: Int32) throws(KeyStoreError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(file, $0.baseAddress, $0.count)
            }
            guard count > 0 else { throw failure }
            rest = rest.dropFirst(count)
        }
    }

    /// A new name is durable when its folder is.
    func syncFolder() throws(KeyStoreError) {
        try before(.syncFolder)
        let folder = unsafe open((path as NSString).deletingLastPathComponent, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure }
        defer { close(folder) }
        // Some file systems cannot, and need not.
        guard fsync(folder) == 0 || errno == EINVAL else { throw failure }
    }

    // MARK: Erasing

    /// Erases what is kept of former keyrings.
    func purge() throws(KeyStoreError) {
        guard [new, previous, erased].contains(where: exists) else { return }
        for file in [new, previous, erased] { try discard(file) }
        try syncFolder()
    }

    /// Erases all files. The first step leaves no keyring, so that a half-erased one is never opened; what is
    /// left of it is erased by the next call.
    func erase() throws(KeyStoreError) {
        try discard(erased)
        try before(.mark)
        if exists(path), unsafe rename(path, erased) != 0 { throw failure }
        try syncFolder()
        for file in [new, previous, erased] { try discard(file) }
        try syncFolder()
    }

    /// Overwrites a file and takes it away. One with a second name is only taken away: it is the newest, too.
    private func discard(_ file: String) throws(KeyStoreError) {
        let descriptor = unsafe open(file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC)
        if descriptor < 0 && errno == ENOENT { return }
        guard descriptor >= 0 else { throw failure }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure }
        if status.st_nlink == 1 {
            try before(.overwrite)
            var random = SystemRandom()
            try write(random.bytes(min(Int(status.st_size), Self.byteCountLimit))[...], to: descriptor)
            guard fsync(descriptor) == 0 else { throw failure }
        }
        try before(.unlink)
        guard unsafe unlink(file) == 0 else { throw failure }
    }

    /// What the system said last.
    private var failure: KeyStoreError {
        .failed(place: path, reason: unsafe String(cString: strerror(errno)))
    }
}
