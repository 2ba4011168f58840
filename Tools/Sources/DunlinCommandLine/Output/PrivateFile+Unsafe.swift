import Foundation

/// A file that only its owner reads, and that is there whole or not at all.
///
/// Sound because: the descriptor is closed once, and paths and bytes are lent for the time of a call.
enum PrivateFile {
    /// Writes beside the file, then puts it in its place at once.
    /// - Parameter replacing: Whether what is there gives way; else it stays and this fails.
    static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(CommandFailure) {
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
        let draft = "\(folder).dunlin-\(UInt64.random(in: 0 ... .max))"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(path) }
        defer { unsafe unlink(draft) }
        var isWritten = writeAll(bytes, descriptor) && fsync(descriptor) == 0
        let reason = errno
        isWritten = close(descriptor) == 0 && isWritten
        guard isWritten else { throw failure(path, reason) }
        // A link fails when something is there, which a file system without links has to be asked.
        if replacing {
            guard unsafe rename(draft, path) == 0 else { throw failure(path) }
        } else if unsafe link(draft, path) != 0 {
            guard errno != EEXIST, !isThere(path) else { throw exists(path) }
            guard unsafe rename(draft, path) == 0 else { throw failure(path) }
        }
    }

    /// Whether anything has this name, be it a link that leads nowhere.
    static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    static func exists(_ path: String) -> CommandFailure {
        CommandFailure(.badValue, "\(path) is there already. Name another file, or say --force.")
    }

    private static func failure(_ path: String, _ reason: Int32 = errno) -> CommandFailure {
        let words = unsafe String(cString: strerror(reason))
        return CommandFailure(.storage, "\(path) cannot be written (\(words)). Name another file.")
    }

    private static func writeAll(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var offset = 0
        while offset < bytes.count {
            let count = unsafe bytes[offset...].withUnsafeBytes { bytes in
                unsafe Foundation.write(descriptor, bytes.baseAddress, bytes.count)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            offset += count
        }
        return true
    }
}
