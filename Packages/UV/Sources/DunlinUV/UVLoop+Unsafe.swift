import CUV
import Foundation
import Synchronization

/// One libuv loop on a thread of its own, as a Swift executor: an actor that names it as its executor runs on
/// that thread, beside the sockets, and calls them without crossing threads.
///
/// Sound because: the libuv handles are touched on the loop's thread alone, after `init`; what other threads
/// reach is the queue behind the lock and `uv_async_send`, which libuv allows from anywhere.
@safe public final class UVLoop: SerialExecutor, @unchecked Sendable {
    let loop: UnsafeMutablePointer<uv_loop_t>
    private let async: UnsafeMutablePointer<uv_async_t>
    /// Jobs that wait, and whether the loop takes any more. The loop is only woken under the lock, so never
    /// after its handle was closed.
    private let queue = Mutex(Queue())
    /// Runs what is enqueued after the loop has ended: an actor may outlive its loop, and its jobs must run.
    private let afterwards = DispatchQueue(label: "dunlin.uv.afterwards")

    private struct Queue {
        var jobs: [UnownedJob] = []
        var isStopping = false
        var isClosed = false
    }
    /// Identity of the loop's thread; 0 until it runs.
    private let threadIdentity = Atomic<UInt>(0)
    /// Every stream of the loop reads into this; each read is copied out at once.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)

    /// Starts a thread that runs until ``stop()``.
    ///
    /// From now on the process ignores SIGPIPE: a peer that goes away in the middle of a write would else end
    /// it.
    public init(name: String = "dunlin.uv") throws(UVError) {
        signal(SIGPIPE, SIG_IGN)
        unsafe loop = .allocate(capacity: 1)
        unsafe async = .allocate(capacity: 1)
        try UVError.check(unsafe uv_loop_init(loop))
        try UVError.check(
            unsafe uv_async_init(loop, async) { handle in
                guard let data = unsafe handle?.pointee.data else { return }
                unsafe Unmanaged<UVLoop>.fromOpaque(data).takeUnretainedValue().runJobs()
            })
        unsafe async.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        let thread = Thread { [self] in
            threadIdentity.store(Self.currentThread, ordering: .releasing)
            unsafe uv_run(loop, UV_RUN_DEFAULT)
            unsafe uv_loop_close(loop)
            unsafe loop.deallocate()
            unsafe async.deallocate()
            unsafe readBuffer.deallocate()
        }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Whether the caller is on the loop's thread.
    public var isCurrent: Bool { threadIdentity.load(ordering: .acquiring) == Self.currentThread }

    private static var currentThread: UInt { UInt(bitPattern: ObjectIdentifier(Thread.current)) }

    /// Runs a job on the loop's thread, in the order of the calls.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isClosed = queue.withLock { queue in
            if queue.isClosed { return true }
            queue.jobs.append(job)
            unsafe uv_async_send(async)
            return false
        }
        if isClosed { afterwards.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) } }
    }

    /// The loop as the executor of actors.
    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        unsafe UnownedSerialExecutor(ordinary: self)
    }

    /// Stops the process unless it is called on the loop's thread.
    public func checkIsolated() {
        precondition(isCurrent || queue.withLock { $0.isClosed }, "not on the libuv thread")
    }

    /// Ends the loop when all its handles are closed. What is enqueued later runs elsewhere, one at a time.
    public func stop() {
        queue.withLock { queue in
            guard !queue.isClosed else { return }
            queue.isStopping = true
            unsafe uv_async_send(async)
        }
    }

    /// Milliseconds of the loop's monotonic clock.
    public static var now: Duration { .nanoseconds(Int64(clamping: uv_hrtime())) }

    private func runJobs() {
        while true {
            let batch = queue.withLock { queue in
                defer { queue.jobs = [] }
                if queue.jobs.isEmpty, queue.isStopping { queue.isClosed = true }
                return queue.jobs
            }
            if batch.isEmpty { break }
            for job in batch { unsafe job.runSynchronously(on: asUnownedSerialExecutor()) }
        }
        let handle = unsafe UnsafeMutableRawPointer(async).assumingMemoryBound(to: uv_handle_t.self)
        if queue.withLock({ $0.isClosed }), unsafe uv_is_closing(handle) == 0 { unsafe uv_close(handle, nil) }
    }
}
