import DunlinUV
import Foundation
import Testing

/// Echoes what it gets, on the loop's thread.
actor EchoServer {
    let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var listener: UVListener?
    private var streams: [UVStream] = []

    init(loop: UVLoop) { self.loop = loop }

    func listen() throws -> UInt16 {
        let listener = try UVListener(host: "127.0.0.1", port: 0, loop: loop) { [self] stream in
            assumeIsolated { $0.accepted(stream) }
        }
        self.listener = listener
        return listener.port
    }

    private func accepted(_ stream: UVStream) {
        streams.append(stream)
        stream.start(onRead: { stream.write($0) }, onClose: { _ in })
    }

    /// Sends `bytes` to a port and gives back as many as come in return.
    func exchange(_ bytes: [UInt8], port: UInt16) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            do {
                var stream: UVStream?
                var received: [UInt8] = []
                var isDone = false
                stream = try UVStream.connectTCP(host: "127.0.0.1", port: port, loop: loop) { error in
                    if let error {
                        if !isDone { continuation.resume(throwing: error) }
                        isDone = true
                        return
                    }
                    stream?.start(
                        onRead: { chunk in
                            received += chunk
                            if received.count == bytes.count {
                                isDone = true
                                continuation.resume(returning: received)
                                stream?.close()
                            }
                        }, onClose: { _ in if !isDone { continuation.resume(throwing: UVError.endOfFile) } })
                    stream?.write(bytes)
                }
            } catch { continuation.resume(throwing: error) }
        }
    }

    func close() {
        listener?.close()
        for stream in streams { stream.close() }
        streams = []
    }
}

@Suite struct UVTests {
    @Test func `an actor on the loop talks over loopback`() async throws {
        let loop = try UVLoop()
        let server = EchoServer(loop: loop)
        let port = try await server.listen()
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try await server.exchange(bytes, port: port) == bytes)
        await server.close()
        loop.stop()
    }

    @Test(arguments: 0..<40) func `an actor that outlives its loop still answers`(round: Int) async throws {
        let loop = try UVLoop()
        let server = EchoServer(loop: loop)
        _ = try await server.listen()
        await server.close()
        loop.stop()
        async let first: Void = server.close()
        async let second: Void = server.close()
        _ = await (first, second)
        try await Task.sleep(for: .milliseconds(round % 4))
        await server.close()
    }

    @Test func `the path of a socket is never cut`() async throws {
        let loop = try UVLoop(name: "test")
        defer { loop.stop() }
        let folder = "/tmp/" + String(repeating: "d", count: UVError.socketPathLimit - 5)
        #expect(throws: UVError.nameTooLong) {
            try UVListener(path: folder + "/socket", loop: loop) { _ in }
        }
        #expect(throws: UVError.nameTooLong) {
            try UVStream.connectPipe(path: folder + "/socket", loop: loop) { _ in }
        }
        #expect(throws: UVError.badAddress) { try UVListener(path: "", loop: loop) { _ in } }
        // What would be left of it.
        #expect(!FileManager.default.fileExists(atPath: folder))
    }

    @Test func `a port in use and a refused connection are typed errors`() async throws {
        let loop = try UVLoop()
        let server = EchoServer(loop: loop)
        let port = try await server.listen()
        await #expect(throws: UVError.addressInUse) { try await Second(loop: loop).listen(port) }
        await server.close()
        await #expect(throws: UVError.self) { try await server.exchange([1], port: 1) }
        loop.stop()
    }
}

actor Second {
    let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    init(loop: UVLoop) { self.loop = loop }
    func listen(_ port: UInt16) throws {
        _ = try UVListener(host: "127.0.0.1", port: port, loop: loop) { _ in }
    }
}
