import CUV

/// A listening socket, TCP or Unix. Use it on its loop's thread alone.
///
/// Sound for the reasons given at ``UVStream``.
@safe public final class UVListener: @unchecked Sendable {
    private let loop: UVLoop
    private let kind: UVStream.Kind
    private let memory: UnsafeMutableRawPointer
    /// Nil once it is closed: whoever listens often owns the listener, too.
    private var onConnection: ((UVStream) -> Void)?
    private var isClosed = false
    /// The port that was bound; 0 for a Unix socket.
    public private(set) var port: UInt16 = 0

    /// Listens on a numeric address; port 0 takes a free one.
    /// - Throws: ``UVError``, ``UVError/addressInUse`` among others.
    public init(
        host: String, port: UInt16, loop: UVLoop, onConnection: @escaping (UVStream) -> Void
    ) throws(UVError) {
        self.loop = loop
        self.onConnection = onConnection
        kind = .tcp
        unsafe memory = UnsafeMutableRawPointer(UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1))
        let tcp = unsafe memory.assumingMemoryBound(to: uv_tcp_t.self)
        try UVError.check(unsafe uv_tcp_init(loop.loop, tcp))
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        do {
            var address = try SocketAddress(host: host, port: port)
            try UVError.check(unsafe address.withPointer { unsafe uv_tcp_bind(tcp, $0, 0) })
            try listen()
            self.port = try boundPort()
        } catch {
            close()
            throw error
        }
    }

    /// Listens on a Unix socket at `path`, which must not exist.
    /// - Throws: ``UVError/nameTooLong`` beyond ``UVError/socketPathLimit``; whatever libuv says.
    public init(path: String, loop: UVLoop, onConnection: @escaping (UVStream) -> Void) throws(UVError) {
        try UVError.check(socketPath: path)
        self.loop = loop
        self.onConnection = onConnection
        kind = .pipe
        unsafe memory = UnsafeMutableRawPointer(UnsafeMutablePointer<uv_pipe_t>.allocate(capacity: 1))
        let pipe = unsafe memory.assumingMemoryBound(to: uv_pipe_t.self)
        try UVError.check(unsafe uv_pipe_init(loop.loop, pipe, 0))
        unsafe handle.pointee.data = Unmanaged.passRetained(self).toOpaque()
        do {
            try UVError.check(unsafe uv_pipe_bind(pipe, path))
            try listen()
        } catch {
            close()
            throw error
        }
    }

    private var handle: UnsafeMutablePointer<uv_handle_t> {
        unsafe memory.assumingMemoryBound(to: uv_handle_t.self)
    }
    private var stream: UnsafeMutablePointer<uv_stream_t> {
        unsafe memory.assumingMemoryBound(to: uv_stream_t.self)
    }

    private func listen() throws(UVError) {
        try UVError.check(
            unsafe uv_listen(stream, 128) { handle, status in
                guard status == 0, let handle = unsafe handle, let data = unsafe handle.pointee.data else {
                    return
                }
                unsafe Unmanaged<UVListener>.fromOpaque(data).takeUnretainedValue().accept()
            })
    }

    private func accept() {
        guard let accepted = try? UVStream(kind, loop: loop) else { return }
        guard unsafe uv_accept(stream, accepted.stream) == 0 else {
            accepted.close()
            return
        }
        if kind == .tcp { accepted.remoteAddress = Self.peerName(accepted) }
        onConnection?(accepted)
    }

    private static func peerName(_ stream: UVStream) -> String {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let address = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            let tcp = unsafe UnsafeMutableRawPointer(stream.stream).assumingMemoryBound(to: uv_tcp_t.self)
            guard unsafe uv_tcp_getpeername(tcp, address, &length) == 0 else { return "" }
            return unsafe SocketAddress.text(address).text
        }
    }

    private func boundPort() throws(UVError) -> UInt16 {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let tcp = unsafe memory.assumingMemoryBound(to: uv_tcp_t.self)
        var result: Int32 = 0
        let port = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let address = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            unsafe result = uv_tcp_getsockname(tcp, address, &length)
            return unsafe SocketAddress.text(address).port
        }
        try UVError.check(result)
        return port
    }

    /// Stops listening; further calls do nothing.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        onConnection = nil
        unsafe uv_close(handle) { handle in
            guard let handle = unsafe handle, let data = unsafe handle.pointee.data else { return }
            let owner = unsafe Unmanaged<UVListener>.fromOpaque(data).takeRetainedValue()
            unsafe owner.memory.deallocate()
        }
    }
}
