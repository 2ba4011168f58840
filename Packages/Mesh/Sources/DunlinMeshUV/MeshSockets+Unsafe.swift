import DunlinMesh
import DunlinUV

/// The sockets of one peer, by number. Use it on its loop's thread alone.
///
/// It bounds what strangers can make it hold: 16 connections from one address that have not been let in, 256
/// in all; reading stops while too much waits to be written.
public final class MeshSockets: @unchecked Sendable {
    /// What happened to a connection, which is named by its number.
    public enum Event: Sendable {
        case accepted(UInt64, from: String)
        case dialled(UInt64)
        case dialFailed(UInt64, UVError)
        case received(UInt64, [UInt8])
        case closed(UInt64, UVError?)
    }

    static let halfOpenPerHost = 16
    static let halfOpenLimit = 256
    static let writeQueuePause = 4 << 20
    static let writeQueueLimit = 16 << 20

    private let loop: UVLoop
    private let handler: (Event) -> Void
    private var listener: UVListener?
    private var streams: [UInt64: UVStream] = [:]
    private var halfOpen: [UInt64: String] = [:]
    private var nextInbound: UInt64 = 1

    /// - Parameter handler: called on the loop's thread for each event.
    public init(loop: UVLoop, handler: @escaping (Event) -> Void) {
        self.loop = loop
        self.handler = handler
    }

    /// Listens; port 0 takes a free one. Returns the port.
    public func listen(host: String, port: UInt16) throws(UVError) -> UInt16 {
        let listener = try UVListener(host: host, port: port, loop: loop) { [weak self] stream in
            self?.accept(stream)
        }
        self.listener = listener
        return listener.port
    }

    private func accept(_ stream: UVStream) {
        let host = Self.host(of: stream.remoteAddress)
        guard halfOpen.count < Self.halfOpenLimit,
            halfOpen.values.count(where: { $0 == host }) < Self.halfOpenPerHost
        else {
            stream.close()
            return
        }
        let id = nextInbound
        nextInbound += 1
        halfOpen[id] = host
        adopt(stream, id)
        handler(.accepted(id, from: host))
    }

    static func host(of address: String) -> String {
        PeerAddress(address)?.host ?? address
    }

    private func adopt(_ stream: UVStream, _ id: UInt64) {
        streams[id] = stream
        stream.start(
            onRead: { [weak self] bytes in self?.handler(.received(id, bytes)) },
            onClose: { [weak self] error in self?.gone(id, error) })
        stream.onDrained { [weak stream] in stream?.resume() }
    }

    private func gone(_ id: UInt64, _ error: UVError?) {
        halfOpen[id] = nil
        guard streams.removeValue(forKey: id) != nil else { return }
        handler(.closed(id, error))
    }

    /// Dials; answered by ``Event/dialled(_:)`` or ``Event/dialFailed(_:_:)``.
    public func dial(_ id: UInt64, _ address: PeerAddress) {
        do {
            let stream = try UVStream.connectTCP(host: address.host, port: address.port, loop: loop) {
                [weak self] error in
                self?.connected(id, error)
            }
            streams[id] = stream
        } catch {
            handler(.dialFailed(id, error))
        }
    }

    private func connected(_ id: UInt64, _ error: UVError?) {
        guard let stream = streams[id] else { return }
        if let error {
            streams[id] = nil
            stream.close()
            handler(.dialFailed(id, error))
        } else {
            adopt(stream, id)
            handler(.dialled(id))
        }
    }

    /// The other side has proven who it is: it no longer counts among the strangers.
    public func letIn(_ id: UInt64) { halfOpen[id] = nil }

    /// Queues bytes; nothing happens when the connection is gone.
    public func send(_ id: UInt64, _ bytes: [UInt8]) {
        guard let stream = streams[id] else { return }
        stream.write(bytes)
        // Who does not take what it asks for is not heard until it does.
        if stream.queuedByteCount > Self.writeQueueLimit { return stream.abort() }
        if stream.queuedByteCount > Self.writeQueuePause { stream.pause() }
    }

    /// Ends a connection once what was sent has left.
    public func close(_ id: UInt64) {
        halfOpen[id] = nil
        streams.removeValue(forKey: id)?.close()
    }

    /// Ends everything, the listening port too.
    public func closeAll() {
        listener?.close()
        listener = nil
        for id in streams.keys.sorted() { close(id) }
    }
}
