import Foundation

/// SIGINT or SIGTERM, waited for.
///
/// Sendable because: the sources are only kept alive; nothing touches them after `init`.
final class InterruptSignal: @unchecked Sendable {
    private let stream: AsyncStream<Void>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        self.stream = stream
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                continuation.yield()
                continuation.finish()
            }
            source.resume()
            return source
        }
    }

    func wait() async { for await _ in stream { return } }

    /// Blocks this thread until then; a second signal ends the process, as if nobody had waited.
    func block() {
        let done = DispatchSemaphore(value: 0)
        Task {
            await wait()
            done.signal()
        }
        done.wait()
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}
