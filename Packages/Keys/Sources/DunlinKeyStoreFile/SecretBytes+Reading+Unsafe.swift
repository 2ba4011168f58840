import DunlinKeys
import Foundation

/// Secrets from outside go into locked memory as they are read.
///
/// Sound because: each read is given the room that is left of the secret's own memory.
extension SecretBytes {
    /// The bytes of a descriptor up to the first line feed or carriage return, or the end. What follows stays
    /// unread, so that a second call gives the second line.
    /// - Throws: ``KeyStoreError/failed(place:reason:)``, also for a line of more than `limit` bytes.
    public static func line(from descriptor: Int32, atMost limit: Int = 4_096) throws(KeyStoreError)
        -> SecretBytes
    {
        var count = 0
        var reason: String?
        let buffer = unsafe SecretBytes(count: limit + 1) { memory in
            while reason == nil, count <= limit {
                let result = unsafe read(descriptor, memory + count, 1)
                if result < 0 && errno == EINTR { continue }
                if result < 0 { reason = unsafe String(cString: strerror(errno)) }
                guard result == 1 else { return }
                if unsafe memory[count] == 0x0a || memory[count] == 0x0d { return }
                count += 1
            }
            reason = reason ?? "the line has more than \(limit) bytes"
        }
        let place = "descriptor \(descriptor)"
        if let reason { throw .failed(place: place, reason: reason) }
        do { return try buffer.slice(0..<count) } catch { throw .failed(place: place, reason: "\(error)") }
    }

    /// The first line of a file.
    /// - Throws: ``KeyStoreError/failed(place:reason:)``.
    public static func firstLine(ofFile path: String) throws(KeyStoreError) -> SecretBytes {
        try reading(path) { descriptor throws(KeyStoreError) in try line(from: descriptor) }
    }

    /// All bytes of a file, at most `limit`.
    /// - Throws: ``KeyStoreError/failed(place:reason:)``.
    public static func contents(ofFile path: String, atMost limit: Int = 4_096) throws(KeyStoreError)
        -> SecretBytes
    {
        try reading(path) { descriptor throws(KeyStoreError) in
            var count = 0
            var result = 0
            let buffer = unsafe SecretBytes(count: limit + 1) { memory in
                repeat {
                    result = unsafe read(descriptor, memory + count, limit + 1 - count)
                    count += max(0, result)
                } while result > 0 || (result < 0 && errno == EINTR)
            }
            guard result == 0 else {
                throw .failed(place: path, reason: unsafe String(cString: strerror(errno)))
            }
            guard count <= limit else {
                throw .failed(place: path, reason: "it has more than \(limit) bytes")
            }
            do { return try buffer.slice(0..<count) } catch { throw .failed(place: path, reason: "\(error)") }
        }
    }

    /// Writes the bytes to a new file that only its owner reads, from locked memory.
    /// - Throws: ``KeyStoreError/failed(place:reason:)``, also when there is such a file.
    public func write(toNewFile path: String) throws(KeyStoreError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .failed(place: path, reason: unsafe String(cString: strerror(errno)))
        }
        var written = 0
        var failure: Int32?
        withBytes { bytes in
            unsafe bytes.withUnsafeBytes { memory in
                while written < memory.count, failure == nil {
                    let result = unsafe Self.put(descriptor, memory.baseAddress, written, memory.count)
                    if result > 0 {
                        written += result
                    } else if result == 0 || errno != EINTR {
                        failure = result == 0 ? EIO : errno
                    }
                }
            }
        }
        if failure == nil, fsync(descriptor) != 0 { failure = errno }
        close(descriptor)
        guard let failure else { return }
        unsafe unlink(path)
        throw .failed(place: path, reason: unsafe String(cString: strerror(failure)))
    }

    private static func put(
        _ descriptor: Int32, _ start: UnsafeRawPointer?, _ offset: Int, _ end: Int
    ) -> Int {
        guard let start = unsafe start else { return 0 }
        return unsafe Foundation.write(descriptor, start + offset, end - offset)
    }

    private static func reading(
        _ path: String, _ body: (Int32) throws(KeyStoreError) -> SecretBytes
    ) throws(KeyStoreError) -> SecretBytes {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .failed(place: path, reason: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        return try body(descriptor)
    }
}
