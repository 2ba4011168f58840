import DunlinObjects
import DunlinUV

/// Serves a home's socket: one JSON request on a line, answered by lines of `{"event":…}` and a last one of
/// `{"result":…}` or `{"error":…, "code":…}`.
actor SocketServer {
    private let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    private let host: CommandHost
    private var listener: UVListener?
    /// Requests that are being answered.
    private var answers: [Int: Task<Void, Never>] = [:]
    private var nextAnswer = 0

    init(loop: UVLoop, host: CommandHost) {
        self.loop = loop
        self.host = host
    }

    func listen(_ path: String) throws(CommandFailure) {
        do {
            listener = try UVListener(path: path, loop: loop) { [weak self] stream in
                self?.assumeIsolated { $0.serve(stream) }
            }
        } catch {
            guard error == .nameTooLong else {
                throw CommandFailure(.homeUnusable, "The socket \(path) cannot be made: \(error)")
            }
            throw CommandFailure(
                .homeUnusable,
                "The path of the home's socket has \(path.utf8.count) bytes, and may have "
                    + "\(UVError.socketPathLimit); give --home as a shorter path, or from a folder near it.")
        }
    }

    /// Takes no more requests, and ends those that wait for something; what is answered already is still
    /// said.
    func stop() async {
        listener?.close()
        listener = nil
        for answer in answers.values { answer.cancel() }
        // At most two seconds: no request may keep the process.
        for _ in 0..<200 where !answers.isEmpty { try? await Task.sleep(for: .milliseconds(10)) }
    }

    private func serve(_ stream: UVStream) {
        var buffer: [UInt8] = []
        var task: Task<Void, Never>?
        stream.start(
            onRead: { [weak self] bytes in
                buffer += bytes
                // A request is one line; nobody needs a longer one than a block may be.
                guard buffer.count < 4 << 20 else { return stream.close() }
                guard let end = buffer.firstIndex(of: 0x0a), task == nil else { return }
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                self?.assumeIsolated { server in task = server.answer(line, on: stream) }
            }, onClose: { _ in task?.cancel() })
    }

    private func answer(_ line: String, on stream: UVStream) -> Task<Void, Never> {
        let host = self.host
        let number = nextAnswer
        nextAnswer += 1
        let task = Task {
            // One writer keeps events in their order, and all of them before the answer.
            let (events, continuation) = AsyncStream<ObjectValue>.makeStream()
            let writer = Task { for await event in events { self.write(event, to: stream) } }
            let last: ObjectValue
            do {
                let request = try ObjectValue(json: line, levels: ObjectValue.messageLevels)
                let result = try await host.run(request) { continuation.yield($0) }
                last = .record(["result": result])
            } catch {
                let failure = CommandFailure(error)
                last = .record([
                    "error": .plain(failure.message), "code": .integer(Int64(failure.code.rawValue)),
                ])
            }
            continuation.finish()
            await writer.value
            self.write(last, to: stream)
            stream.close()
            answers[number] = nil
        }
        answers[number] = task
        return task
    }

    private func write(_ value: ObjectValue, to stream: UVStream) {
        stream.write(Array((value.json + "\n").utf8))
    }
}
