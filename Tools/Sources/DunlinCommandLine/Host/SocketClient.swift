import DunlinObjects
import DunlinUV

/// Asks the process that has the home open.
actor SocketClient {
    private let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(loop: UVLoop) { self.loop = loop }

    /// Sends a request.
    /// - Returns: the lines of the answer; nil when nobody serves the socket.
    func ask(_ request: ObjectValue, path: String) async -> AsyncStream<ObjectValue>? {
        await withCheckedContinuation { continuation in
            var stream: UVStream?
            let line = Array((request.json + "\n").utf8)
            do {
                stream = try UVStream.connectPipe(path: path, loop: loop) { error in
                    guard error == nil, let stream else { return continuation.resume(returning: nil) }
                    continuation.resume(returning: Self.lines(of: stream))
                    stream.write(line)
                }
            } catch { continuation.resume(returning: nil) }
        }
    }

    private static func lines(of stream: UVStream) -> AsyncStream<ObjectValue> {
        AsyncStream { continuation in
            var buffer: [UInt8] = []
            stream.start(
                onRead: { bytes in
                    buffer += bytes
                    while let end = buffer.firstIndex(of: 0x0a) {
                        let line = String(decoding: buffer[..<end], as: UTF8.self)
                        buffer.removeFirst(end + 1)
                        if let value = try? ObjectValue(json: line) { continuation.yield(value) }
                    }
                }, onClose: { _ in continuation.finish() })
        }
    }
}
