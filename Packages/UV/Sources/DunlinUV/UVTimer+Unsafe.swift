import CUV

/// A timer that fires once each time it is set. Use it on its loop's thread alone.
///
/// Sound for the reasons given at ``UVStream``.
@safe public final class UVTimer: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<uv_timer_t>
    private let body: () -> Void
    private var isClosed = false

    /// A timer that does nothing until it is set.
    /// - Throws: ``UVError`` when libuv has no memory.
    public init(loop: UVLoop, body: @escaping () -> Void) throws(UVError) {
        self.body = body
        unsafe memory = .allocate(capacity: 1)
        try UVError.check(unsafe uv_timer_init(loop.loop, memory))
        unsafe memory.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    /// Fires after `delay`, instead of whenever it was set to before.
    public func set(after delay: Duration) {
        guard !isClosed else { return }
        let milliseconds = max(0, delay / .milliseconds(1)).rounded(.up)
        unsafe uv_update_time(memory.pointee.loop)
        unsafe uv_timer_start(
            memory,
            { handle in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe Unmanaged<UVTimer>.fromOpaque(data).takeUnretainedValue().body()
            }, UInt64(min(milliseconds, 1e12)), 0)
    }

    /// Takes back the time that was set.
    public func cancel() {
        guard !isClosed else { return }
        unsafe uv_timer_stop(memory)
    }

    /// Ends the timer; it is of no use afterwards.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        unsafe uv_close(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let owner = unsafe Unmanaged<UVTimer>.fromOpaque(data).takeRetainedValue()
            unsafe owner.memory.deallocate()
        }
    }
}

/// Watches for a Unix signal. Use it on its loop's thread alone.
///
/// Sound for the reasons given at ``UVStream``.
@safe public final class UVSignal: @unchecked Sendable {
    private let memory: UnsafeMutablePointer<uv_signal_t>
    private let body: () -> Void
    private var isClosed = false

    /// Calls `body` on the loop at each signal of that number.
    /// - Throws: ``UVError`` for a number that cannot be caught.
    public init(_ number: Int32, loop: UVLoop, body: @escaping () -> Void) throws(UVError) {
        self.body = body
        unsafe memory = .allocate(capacity: 1)
        try UVError.check(unsafe uv_signal_init(loop.loop, memory))
        unsafe memory.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let result = unsafe uv_signal_start(
            memory,
            { handle, _ in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe Unmanaged<UVSignal>.fromOpaque(data).takeUnretainedValue().body()
            }, number)
        try UVError.check(result)
    }

    /// Listens to the signal no more.
    public func close() {
        guard !isClosed else { return }
        isClosed = true
        unsafe uv_close(UnsafeMutableRawPointer(memory).assumingMemoryBound(to: uv_handle_t.self)) { handle in
            guard let data = unsafe handle?.pointee.data else { return }
            let owner = unsafe Unmanaged<UVSignal>.fromOpaque(data).takeRetainedValue()
            unsafe owner.memory.deallocate()
        }
    }
}
