import DunlinEncoding
import DunlinKeys

/// The handshake Noise_XX_25519_ChaChaPoly_BLAKE2b, as a value: three messages, then a session.
///
/// Both sides show their static key, encrypted; each knows afterwards which key it speaks with. Whether that
/// key is welcome is for the caller to decide.
/// - Source: Noise revision 34, sections 5.3 and 7.5.
public struct NoiseHandshake: Sendable {
    /// Who sends the first message.
    public enum Role: Hashable, Sendable { case initiator, responder }

    /// Bytes that a message may have on the wire.
    public static let maximumMessageByteCount = 65_535

    /// Which end this is.
    public let role: Role
    /// Messages written or read so far; 3 when complete.
    public private(set) var step = 0
    /// The other side's static key, known after message 2 (initiator) or 3 (responder).
    public private(set) var remoteStatic: AgreementPublicKey?

    private var symmetric: SymmetricState
    private let staticKey: AgreementKey
    private let ephemeral: AgreementKey
    private var remoteEphemeral: AgreementPublicKey?

    /// - Parameter ephemeralSeed: 32 fresh random bytes, used once.
    public init(
        role: Role, prologue: [UInt8], staticKey: AgreementKey, ephemeralSeed: SecretBytes
    ) throws(NoiseError) {
        self.role = role
        self.staticKey = staticKey
        do { ephemeral = try AgreementKey(seed: ephemeralSeed) } catch { throw .key(error) }
        symmetric = SymmetricState(protocolName: "Noise_XX_25519_ChaChaPoly_BLAKE2b")
        symmetric.mixHash(prologue)
    }

    /// Whether all three messages have gone by.
    public var isComplete: Bool { step == 3 }
    /// Whether the next message is to be written here.
    public var isMyTurn: Bool { !isComplete && (step.isMultiple(of: 2) == (role == .initiator)) }

    /// Writes the next message. On failure the handshake is unchanged.
    public mutating func write(payload: [UInt8] = []) throws(NoiseError) -> [UInt8] {
        guard isMyTurn else { throw .outOfTurn }
        var next = self
        let message = try next.writeTokens() + next.symmetric.encryptAndHash(payload)
        guard message.count <= Self.maximumMessageByteCount else { throw .badLength(message.count) }
        next.step += 1
        self = next
        return message
    }

    /// Reads the next message and returns its payload. On failure the handshake is unchanged.
    public mutating func read(_ message: [UInt8]) throws(NoiseError) -> [UInt8] {
        guard !isComplete, !isMyTurn else { throw .outOfTurn }
        guard message.count <= Self.maximumMessageByteCount else { throw .badLength(message.count) }
        var next = self
        let rest = try next.readTokens(message)
        let payload = try next.symmetric.decryptAndHash(Array(rest))
        next.step += 1
        self = next
        return payload
    }

    /// The session; only when complete.
    public func finish() throws(NoiseError) -> NoiseSession {
        guard isComplete, let remoteStatic else { throw .unfinished }
        let initiator: CipherState, responder: CipherState
        do { (initiator, responder) = try symmetric.split() } catch { throw .key(error) }
        let transport =
            role == .initiator
            ? NoiseTransport(sending: initiator, receiving: responder)
            : NoiseTransport(sending: responder, receiving: initiator)
        return NoiseSession(transport: transport, handshakeHash: symmetric.hash, remoteStatic: remoteStatic)
    }

    private mutating func writeTokens() throws(NoiseError) -> [UInt8] {
        switch step {
        case 0:
            symmetric.mixHash(ephemeral.publicKey.bytes)
            return ephemeral.publicKey.bytes
        case 1:
            symmetric.mixHash(ephemeral.publicKey.bytes)
            try mix(ephemeral, remoteEphemeral)
            let encrypted = try symmetric.encryptAndHash(staticKey.publicKey.bytes)
            try mix(staticKey, remoteEphemeral)
            return ephemeral.publicKey.bytes + encrypted
        default:
            let encrypted = try symmetric.encryptAndHash(staticKey.publicKey.bytes)
            try mix(staticKey, remoteEphemeral)
            return encrypted
        }
    }

    private mutating func readTokens(_ message: [UInt8]) throws(NoiseError) -> ArraySlice<UInt8> {
        var rest = message[...]
        switch step {
        case 0: try readEphemeral(&rest)
        case 1:
            try readEphemeral(&rest)
            try mix(ephemeral, remoteEphemeral)
            try readStatic(&rest)
            try mix(ephemeral, remoteStatic)
        default:
            try readStatic(&rest)
            try mix(ephemeral, remoteStatic)
        }
        guard rest.count >= symmetric.tagByteCount else { throw .badLength(message.count) }
        return rest
    }

    private mutating func readEphemeral(_ rest: inout ArraySlice<UInt8>) throws(NoiseError) {
        guard let key = AgreementPublicKey(bytes: rest.prefix(32)) else { throw .badLength(rest.count) }
        rest = rest.dropFirst(32)
        remoteEphemeral = key
        symmetric.mixHash(key.bytes)
    }

    private mutating func readStatic(_ rest: inout ArraySlice<UInt8>) throws(NoiseError) {
        guard rest.count >= 48 else { throw .badLength(rest.count) }
        let bytes = try symmetric.decryptAndHash(Array(rest.prefix(48)))
        rest = rest.dropFirst(48)
        guard let key = AgreementPublicKey(bytes: bytes) else { throw .badKey }
        remoteStatic = key
    }

    private mutating func mix(_ mine: AgreementKey, _ theirs: AgreementPublicKey?) throws(NoiseError) {
        guard let theirs else { throw .outOfTurn }
        do { try symmetric.mixKey(try mine.shared(with: theirs)) } catch { throw .badKey }
    }
}
