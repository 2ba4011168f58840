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
            var line: [UInt8] = []
            stream.start(
                onRead: { bytes in
                    // Each byte is looked at once, however long the line becomes.
                    var rest = bytes[...]
                    while let end = rest.firstIndex(of: 0x0a) {
                        line += rest[..<end]
                        rest = rest[(end + 1)...]
                        let text = String(decoding: line, as: UTF8.self)
                        if let value = try? ObjectValue(json: text, levels: ObjectValue.messageLevels) {
                            continuation.yield(value)
                        }
                        line = []
                    }
                    line += rest
                }, onClose: { _ in continuation.finish() })
        }
    }
}
