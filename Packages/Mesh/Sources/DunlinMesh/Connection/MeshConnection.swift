import DunlinEncoding
import DunlinKeys
import DunlinNoise

/// One end of a connection as a value: bytes from the socket in, messages out, and the other way round.
///
/// It does the preamble, the Noise handshake, frames, and channels with credits. It knows no socket and no
/// clock.
/// - Source: `Docs/Spec/Frames.md`.
public struct MeshConnection: Sendable {
    /// What bytes from the socket, or time, have brought.
    public enum Event: Hashable, Sendable {
        /// Somebody dialled for this; answer with ``accept(prologue:staticKey:random:)`` or close.
        case preamble(Preamble)
        case established(remote: AgreementPublicKey, handshakeHash: [UInt8])
        case message(channel: UInt8, [UInt8])
        /// The connection is over; close the socket.
        case failed(ConnectionError)
    }

    /// Bytes of the largest message: 1 MiB.
    public static let messageLimit = 1 << 20
    static let initialCredit = 256 << 10
    static let creditStep = 64 << 10
    static let partByteCount = 16 << 10
    /// Plaintext of a record of our own: even a line of 1 kB/s brings one within the time of silence.
    static let recordByteLimit = partByteCount + 128
    static let queueLimit = 16 << 20
    /// A handshake message; ours have at most 96 bytes.
    static let handshakeMessageLimit = 1_120
    static let handshakeTime = Duration.seconds(5)
    static let pingTime = Duration.seconds(10)
    static let silenceTime = Duration.seconds(30)

    private enum State {
        case awaitingPreamble
        case awaitingAcceptance
        case handshake(NoiseHandshake)
        case open
        case over
    }

    private var state: State
    private var transport: NoiseTransport?
    private var expected: AgreementPublicKey?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var receiving = ChannelReceivers()
    private var sending = ChannelSenders()
    private let started: Duration
    /// When the last record came that the other side has sealed. Bytes that make no record count for nothing:
    /// a stream that lost some of them would else be waited on for ever.
    private var lastHeard: Duration
    private var arrival: Duration = .zero
    private var pinged = false
    /// Bytes given to the socket.
    public private(set) var sentByteCount: UInt64 = 0
    /// Bytes taken from the socket.
    public private(set) var receivedByteCount: UInt64 = 0

    /// The dialling end.
    /// - Parameter expecting: the only static key that is welcome; nil when the caller judges it itself.
    public init(
        dialling preamble: Preamble, prologue: [UInt8], staticKey: AgreementKey,
        expecting: AgreementPublicKey?,
        random: inout some RandomSource, now: Duration
    ) throws(ConnectionError) {
        started = now
        lastHeard = now
        expected = expecting
        var handshake: NoiseHandshake
        do {
            handshake = try NoiseHandshake(
                role: .initiator, prologue: prologue, staticKey: staticKey, ephemeralSeed: random.secret(32))
            output = preamble.encoded + Self.framed(try handshake.write())
        } catch { throw .noise(error) }
        state = .handshake(handshake)
    }

    /// The accepting end.
    public init(accepting now: Duration) {
        started = now
        lastHeard = now
        state = .awaitingPreamble
    }

    /// Whether the handshake is done, so that messages are sent.
    public var isEstablished: Bool { if case .open = state { true } else { false } }

    /// Bytes of the largest message that is taken now, at most ``messageLimit``; less for a side that has
    /// proven nothing yet. It holds for what comes after it is set.
    public var incomingLimit = messageLimit
    /// The only channel that is listened to; nil for all of them. A message on another ends the connection.
    public var onlyChannel: UInt8?

    /// Bytes of messages that wait to be sent.
    public var queuedByteCount: Int { sending.queuedByteCount }

    /// When ``tick(now:)`` is next due.
    public var nextDeadline: Duration? {
        switch state {
        case .awaitingPreamble, .awaitingAcceptance, .handshake: started + Self.handshakeTime
        case .open: lastHeard + (pinged ? Self.silenceTime : Self.pingTime)
        case .over: nil
        }
    }

    /// Lets the dialler in after ``Event/preamble(_:)``.
    public mutating func accept(
        prologue: [UInt8], staticKey: AgreementKey, random: inout some RandomSource
    ) -> [Event] {
        guard case .awaitingAcceptance = state else { return [] }
        do {
            state = .handshake(
                try NoiseHandshake(
                    role: .responder, prologue: prologue, staticKey: staticKey,
                    ephemeralSeed: random.secret(32)))
        } catch { return fail(.noise(error)) }
        return process()
    }

    /// Takes bytes from the socket.
    public mutating func receive(_ bytes: [UInt8], now: Duration) -> [Event] {
        arrival = now
        receivedByteCount += UInt64(bytes.count)
        input += bytes
        return process()
    }

    /// Lets time pass: pings a silent peer, and gives up one that took too long.
    /// - Parameter now: The time of the same clock as elsewhere; call it at ``nextDeadline``.
    public mutating func tick(now: Duration) -> [Event] {
        switch state {
        case .awaitingPreamble, .awaitingAcceptance, .handshake:
            return now >= started + Self.handshakeTime ? fail(.handshakeTimedOut) : []
        case .open:
            if now >= lastHeard + Self.silenceTime { return fail(.silent) }
            if now >= lastHeard + Self.pingTime, !pinged {
                pinged = true
                sending.mustPing = true
            }
            return []
        case .over: return []
        }
    }

    /// Queues a message; it leaves with ``takeOutput()`` as credit allows.
    /// - Throws: ``ConnectionError/messageTooLarge(limit:)``, or `tooSlow` when 16 MiB wait already.
    public mutating func send(_ message: [UInt8], on channel: UInt8) throws(ConnectionError) {
        guard message.count <= Self.messageLimit else { throw .messageTooLarge(limit: Self.messageLimit) }
        guard sending.queuedByteCount < Self.queueLimit else {
            throw .tooSlow(queuedByteCount: sending.queuedByteCount)
        }
        sending.enqueue(message, on: channel)
    }

    /// Bytes for the socket.
    public mutating func takeOutput() -> [UInt8] {
        if case .open = state {
            while true {
                let plaintext = sending.nextRecord(limit: Self.recordByteLimit)
                guard !plaintext.isEmpty, let sealed = try? transport?.seal(plaintext) else { break }
                output += Self.framed(sealed)
            }
        }
        defer { output = [] }
        sentByteCount += UInt64(output.count)
        return output
    }

    private static func framed(_ message: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: message.count >> 8), UInt8(truncatingIfNeeded: message.count)] + message
    }

    private mutating func fail(_ error: ConnectionError) -> [Event] {
        state = .over
        input = []
        output = []
        return [.failed(error)]
    }

    // MARK: Incoming bytes

    private mutating func process() -> [Event] {
        var events: [Event] = []
        var offset = 0
        do throws(ConnectionError) {
            while true {
                switch state {
                case .awaitingPreamble:
                    guard let kind = input.first else { return events }
                    guard let count = Preamble.byteCount(kind: kind) else {
                        throw ConnectionError.badPreamble
                    }
                    guard input.count >= count else { return events }
                    guard let preamble = Preamble(Array(input.prefix(count))) else {
                        throw ConnectionError.badPreamble
                    }
                    input.removeFirst(count)
                    state = .awaitingAcceptance
                    return events + [.preamble(preamble)]
                case .awaitingAcceptance:
                    // What an unknown side may make us hold before it is let in.
                    guard input.count <= 4_096 else { throw ConnectionError.badPreamble }
                    return events
                case .handshake, .open:
                    guard let record = try nextRecord(&offset) else {
                        if offset > 0 { input.removeFirst(offset) }
                        return events
                    }
                    events += try take(record)
                case .over: return events
                }
            }
        } catch { return events + fail(error) }
    }

    private func nextRecord(_ offset: inout Int) throws(ConnectionError) -> [UInt8]? {
        guard input.count - offset >= 2 else { return nil }
        let count = Int(input[offset]) << 8 | Int(input[offset + 1])
        // A stranger makes us hold no more than a handshake needs.
        guard isEstablished || count <= Self.handshakeMessageLimit else { throw .badFrame }
        guard input.count - offset - 2 >= count else { return nil }
        defer { offset += 2 + count }
        return Array(input[offset + 2..<offset + 2 + count])
    }

    private mutating func take(_ record: [UInt8]) throws(ConnectionError) -> [Event] {
        if case .handshake(var handshake) = state { return try advance(&handshake, record) }
        let plaintext: [UInt8]
        do { plaintext = try transport?.open(record) ?? [] } catch { throw .noise(error) }
        lastHeard = arrival
        pinged = false
        return try frames(plaintext)
    }

    private mutating func advance(
        _ handshake: inout NoiseHandshake, _ record: [UInt8]
    ) throws(ConnectionError) -> [Event] {
        do throws(NoiseError) {
            _ = try handshake.read(record)
            // Judged before the own key is shown.
            if let expected, let remote = handshake.remoteStatic, remote != expected {
                return fail(.unexpectedKey)
            }
            if handshake.isMyTurn { output += Self.framed(try handshake.write()) }
            state = .handshake(handshake)
            guard handshake.isComplete else { return [] }
            let session = try handshake.finish()
            transport = session.transport
            state = .open
            lastHeard = arrival
            return [.established(remote: session.remoteStatic, handshakeHash: session.handshakeHash)]
        } catch { throw .noise(error) }
    }

    private mutating func frames(_ plaintext: [UInt8]) throws(ConnectionError) -> [Event] {
        var events: [Event] = []
        do {
            var reader = ByteReader(plaintext)
            while !reader.isAtEnd {
                let type = try reader.u8()
                switch type {
                case 0, 1:
                    let channel = try Self.channel(&reader)
                    let part = try reader.sized()
                    guard onlyChannel.map({ $0 == channel }) ?? true else { throw ConnectionError.badFrame }
                    let (message, grant) = try receiving.take(
                        part, isLast: type == 1, on: channel, limit: min(incomingLimit, Self.messageLimit))
                    if grant > 0 { sending.grants[channel, default: 0] += grant }
                    if let message { events.append(.message(channel: channel, message)) }
                case 2:
                    let channel = try Self.channel(&reader)
                    try sending.addCredit(reader.varint(), on: channel)
                case 3: sending.mustPong = true
                case 4: break
                default: throw ConnectionError.badFrame
                }
            }
        } catch let error as ConnectionError {
            throw error
        } catch { throw .badFrame }
        return events
    }

    private static func channel(_ reader: inout ByteReader) throws -> UInt8 {
        let channel = try reader.varint()
        guard (1...15).contains(channel) else { throw ConnectionError.badFrame }
        return UInt8(channel)
    }
}
