import CUV

/// A connected byte stream, TCP or Unix pipe. Use it on its loop's thread alone.
///
/// Sound because: the handle is allocated in `init`, closed once, and freed in libuv's close callback; libuv
/// holds a retained reference to this object from `init` until then.
@safe public final class UVStream: @unchecked Sendable {
    /// A TCP connection, or a Unix socket.
    public enum Kind: Sendable { case tcp, pipe }

    private let loop: UVLoop
    private let memory: UnsafeMutableRawPointer
    private var isClosed = false
    private var isReading = false
    private var onRead: (([UInt8]) -> Void)?
    private var onClose: ((UVError?) -> Void)?
    private var onConnect: ((UVError?) -> Void)?
    private var onDrain: (() -> Void)?
    private var closeReason: UVError?
    /// Ends a close whose last bytes nobody takes.
    private var closingTimer: UVTimer?
    private static let closingTime = Duration.seconds(5)
    /// Bytes that waited when the timer was set.
    private var waitingWhenClosing = 0
    /// Bytes given to ``write(_:)`` that the kernel has not taken.
    public private(set) var queuedByteCount = 0

    /// The other end's address, `host:port`, as far as it is known.
    public internal(set) var remoteAddress = ""

    init(_ kind: Kind, loop: UVLoop) throws(UVError) {
        self.loop = loop
        switch kind {
        case .tcp:
            unsafe memory = UnsafeMutableRawPointer(UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1))
            try UVError.check(unsafe uv_tcp_init(loop.loop, memory.assumingMemoryBound(to: uv_tcp_t.self)))
            // A keystroke must not wait for the next one.
            unsafe uv_tcp_nodelay(memory.assumingMemoryBound(to: uv_tcp_t.self), 1)
        case .pipe:
            unsafe memory = UnsafeMutableRawPointer(UnsafeMutablePointer<uv_pipe_t>.allocate(capacity: 1))
            try UVError.check(
                unsafe uv_pipe_init(loop.loop, memory.assumingMemoryBound(to: uv_pipe_t.self), 0))
        }
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    var stream: UnsafeMutablePointer<uv_stream_t> { unsafe memory.assumingMemoryBound(to: uv_stream_t.self) }
    private var handle: UnsafeMutablePointer<uv_handle_t> {
        unsafe memory.assumingMemoryBound(to: uv_handle_t.self)
    }

    // MARK: Connecting

    /// Connects to a numeric address; `completion` is called on the loop's thread, once.
    public static func connectTCP(
        host: String, port: UInt16, loop: UVLoop, completion: @escaping (UVError?) -> Void
    ) throws(UVError) -> UVStream {
        var address = try SocketAddress(host: host, port: port)
        let stream = try UVStream(.tcp, loop: loop)
        stream.onConnect = completion
        stream.remoteAddress = "\(host):\(port)"
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        let result = unsafe address.withPointer { pointer in
            unsafe uv_tcp_connect(
                request, stream.memory.assumingMemoryBound(to: uv_tcp_t.self), pointer, connected)
        }
        if result < 0 {
            unsafe request.deallocate()
            stream.close()
            throw UVError(code: result)
        }
        return stream
    }

    /// Connects to a Unix socket by its path.
    public static func connectPipe(
        path: String, loop: UVLoop, completion: @escaping (UVError?) -> Void
    ) throws(UVError) -> UVStream {
        try UVError.check(socketPath: path)
        let stream = try UVStream(.pipe, loop: loop)
        stream.onConnect = completion
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        unsafe uv_pipe_connect(
            request, stream.memory.assumingMemoryBound(to: uv_pipe_t.self), path, connected)
        return stream
    }

    private static let connected: @convention(c) (UnsafeMutablePointer<uv_connect_t>?, Int32) -> Void = {
        request, status in
        guard let request = unsafe request, let handle = unsafe request.pointee.handle else { return }
        if let stream = unsafe UVStream.from(handle) {
            let completion = stream.onConnect
            stream.onConnect = nil
            completion?(status < 0 ? UVError(code: status) : nil)
            // A stream that never stood is of no use to anybody.
            if status < 0 { stream.close() }
        }
        unsafe request.deallocate()
    }

    private static func from(_ handle: UnsafeMutablePointer<uv_stream_t>) -> UVStream? {
        guard let data = unsafe handle.pointee.data else { return nil }
        return unsafe Unmanaged<UVStream>.fromOpaque(data).takeUnretainedValue()
    }

    // MARK: Reading

    /// Begins reading. `onRead` gets bytes as they come, `onClose` is called once, when the stream is gone.
    public func start(onRead: @escaping ([UInt8]) -> Void, onClose: @escaping (UVError?) -> Void) {
        self.onRead = onRead
        self.onClose = onClose
        resume()
    }

    /// Called when everything that was queued has been taken by the kernel.
    public func onDrained(_ body: @escaping () -> Void) { onDrain = body }

    /// Stops reading, so that the other end has to wait.
    public func pause() {
        guard isReading else { return }
        isReading = false
        unsafe uv_read_stop(stream)
    }

    /// Reads on after a pause.
    public func resume() {
        guard !isReading, !isClosed else { return }
        isReading = true
        unsafe uv_read_start(
            stream,
            { handle, _, buffer in
                guard let handle = unsafe handle, let buffer = unsafe buffer,
                    let data = unsafe handle.pointee.data
                else { return }
                let owner = unsafe Unmanaged<UVStream>.fromOpaque(data).takeUnretainedValue()
                unsafe buffer.pointee = uv_buf_init(
                    owner.loop.readBuffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                    UInt32(owner.loop.readBuffer.count))
            },
            { handle, count, _ in
                guard let handle = unsafe handle, let owner = unsafe UVStream.from(handle) else { return }
                if count > 0 {
                    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(owner.loop.readBuffer)[0..<count])
                    owner.onRead?(bytes)
                } else if count < 0 {
                    let error = UVError(code: Int32(count))
                    owner.close(error == .endOfFile ? nil : error)
                }
            })
    }

    // MARK: Writing

    /// Queues bytes; the order is kept. Nothing happens on a closed stream.
    public func write(_ bytes: [UInt8]) {
        guard !isClosed, !bytes.isEmpty else { return }
        let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
        let pending = PendingWrite(stream: self, bytes: bytes)
        unsafe request.pointee.data = Unmanaged.passRetained(pending).toOpaque()
        queuedByteCount += bytes.count
        var vector = unsafe pending.vector
        let result = unsafe uv_write(request, stream, &vector, 1) { request, status in
            guard let request = unsafe request, let data = unsafe request.pointee.data else { return }
            let pending = unsafe Unmanaged<PendingWrite>.fromOpaque(data).takeRetainedValue()
            unsafe request.deallocate()
            pending.finish(status)
        }
        if result < 0 {
            unsafe Unmanaged<PendingWrite>.fromOpaque(request.pointee.data).release()
            unsafe request.deallocate()
            pending.discard()
            close(UVError(code: result))
        }
    }

    fileprivate func written(_ count: Int, _ status: Int32) {
        queuedByteCount -= count
        if status < 0 {
            close(UVError(code: status))
        } else if queuedByteCount == 0 {
            onDrain?()
        }
    }

    // MARK: Closing

    /// Closes the stream once what was written has been handed to the kernel, or when nothing of it was taken
    /// for 5 seconds; further calls do nothing.
    public func close(_ error: UVError? = nil) {
        guard !isClosed else { return }
        isClosed = true
        isReading = false
        closeReason = error
        unsafe uv_read_stop(stream)
        if queuedByteCount > 0,
            let timer = try? UVTimer(loop: loop, body: { [weak self] in self?.lookAtClosing() })
        {
            unsafe waitingWhenClosing = Int(uv_stream_get_write_queue_size(stream))
            timer.set(after: Self.closingTime)
            closingTimer = timer
        }
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        let result = unsafe uv_shutdown(request, stream) { request, _ in
            guard let request = unsafe request, let handle = unsafe request.pointee.handle else { return }
            unsafe UVStream.closeHandle(handle)
            unsafe request.deallocate()
        }
        if result < 0 {
            unsafe request.deallocate()
            unsafe Self.closeHandle(stream)
        }
    }

    private func lookAtClosing() {
        let waiting = unsafe Int(uv_stream_get_write_queue_size(stream))
        guard waiting < waitingWhenClosing else { return abort() }
        waitingWhenClosing = waiting
        closingTimer?.set(after: Self.closingTime)
    }

    /// Closes at once; what was written and not taken is lost.
    public func abort() {
        isClosed = true
        isReading = false
        unsafe Self.closeHandle(stream)
    }

    private static func closeHandle(_ stream: UnsafeMutablePointer<uv_stream_t>) {
        let handle = unsafe UnsafeMutableRawPointer(stream).assumingMemoryBound(to: uv_handle_t.self)
        guard unsafe uv_is_closing(handle) == 0 else { return }
        unsafe uv_close(handle) { handle in
            guard let handle = unsafe handle, let data = unsafe handle.pointee.data else { return }
            let owner = unsafe Unmanaged<UVStream>.fromOpaque(data).takeRetainedValue()
            unsafe handle.pointee.data = nil
            owner.closed()
        }
    }

    private func closed() {
        unsafe memory.deallocate()
        closingTimer?.close()
        closingTimer = nil
        let connect = onConnect, close = onClose
        onConnect = nil
        onClose = nil
        onRead = nil
        onDrain = nil
        connect?(closeReason ?? .cancelled)
        close?(closeReason)
    }
}

/// Bytes on their way to the kernel.
@safe private final class PendingWrite {
    private let stream: UVStream
    private let buffer: UnsafeMutablePointer<UInt8>
    private let count: Int

    init(stream: UVStream, bytes: [UInt8]) {
        self.stream = stream
        unsafe buffer = .allocate(capacity: bytes.count)
        unsafe buffer.update(from: bytes, count: bytes.count)
        count = bytes.count
    }

    var vector: uv_buf_t {
        unsafe uv_buf_init(UnsafeMutableRawPointer(buffer).assumingMemoryBound(to: CChar.self), UInt32(count))
    }

    func discard() { unsafe buffer.deallocate() }

    func finish(_ status: Int32) {
        unsafe buffer.deallocate()
        stream.written(count, status)
    }
}
