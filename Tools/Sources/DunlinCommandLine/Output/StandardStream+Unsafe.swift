import Foundation

/// What is printed, where the other end may be gone: `dunlin list | head -1`.
///
/// Sound because: bytes are lent for the time of a call.
enum StandardStream {
    /// What a shell says of a program that a closed pipe has ended.
    static let closedPipeCode: Int32 = 141

    /// Prints a result. Where that cannot be, the program ends: what it has done is stored.
    static func output(_ text: String) {
        guard let reason = write(text, to: 1) else { return }
        if reason == EPIPE { exit(closedPipeCode) }
        error("dunlin: Standard output cannot be written; what was asked for is done all the same.\n")
        exit(CommandFailure.Code.storage.rawValue)
    }

    /// Prints a remark; one that cannot be is dropped.
    static func error(_ text: String) { _ = write(text, to: 2) }

    /// Whether something reads what is printed, as far as can be known before.
    static var isOutputOpen: Bool {
        var entry = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
        guard unsafe poll(&entry, 1, 0) >= 0 else { return false }
        return entry.revents & Int16(POLLERR | POLLNVAL) == 0
    }

    /// - Returns: why not all could be written; nil when it was.
    private static func write(_ text: String, to descriptor: Int32) -> Int32? {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Foundation.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return nil
    }
}
