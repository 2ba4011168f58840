import DunlinCredentials
import DunlinKeys

/// The secrets of one device in one space. Content keys are not among them: they are found in the
/// space's control feeds, sealed to the device's box key.
public struct SpaceSecrets: Sendable {
    /// The space that they are for.
    public let space: SpaceID
    /// Known to everyone ever admitted: names the topic, opens control blocks, enters the handshake.
    public let secret: SecretBytes
    /// Signs this device's credentials there.
    public let control: SigningKey
    /// Signs this device's transactions there.
    public let data: SigningKey
    /// The Noise static of this device in this space; two spaces cannot be linked by it.
    public let noise: AgreementKey
    /// The topic under which peers of the space find each other: `H("topic" || space secret)`.
    public let topic: Digest
    /// The prologue of handshakes in this space: `"space/1" || H("noise" || space secret)`.
    let prologue: [UInt8]

    /// - Throws: ``KeyError`` when a seed has not 32 bytes.
    public init(
        space: SpaceID, secret: SecretBytes, controlSeed: SecretBytes, dataSeed: SecretBytes,
        noiseSeed: SecretBytes
    ) throws(KeyError) {
        self.space = space
        self.secret = secret
        control = try SigningKey(seed: controlSeed)
        data = try SigningKey(seed: dataSeed)
        noise = try AgreementKey(seed: noiseSeed)
        topic = Digest.blake2b("topic", secret: secret)
        prologue = Array("space/1".utf8) + Digest.blake2b("noise", secret: secret).bytes
    }

    /// Fresh feed keys and a fresh Noise static for a space.
    public static func make(
        space: SpaceID, secret: SecretBytes, random: inout some RandomSource
    ) throws(KeyError) -> SpaceSecrets {
        try SpaceSecrets(
            space: space, secret: secret, controlSeed: random.secret(32), dataSeed: random.secret(32),
            noiseSeed: random.secret(32))
    }

    /// The device's keys in this space, signed by it.
    public func binding(of device: LocalDevice) throws(KeyError) -> DeviceBinding {
        try DeviceBinding.issue(
            space: space, identity: device.identity, control: control, data: data, noise: noise.publicKey,
            signingWith: device.signing)
    }

    /// All of it as one secret of 160 bytes, for the keyring.
    public var record: SecretBytes {
        .joined([SecretBytes(copying: space.bytes), secret, control.seed, data.seed, noise.seed])
    }

    /// Reads ``record``.
    public init(record: SecretBytes) throws(KeyError) {
        guard record.count == 160, let space = SpaceID(bytes: try record.slice(0..<32).copied()) else {
            throw .wrongLength(expected: 160, found: record.count)
        }
        try self.init(
            space: space, secret: record.slice(32..<64), controlSeed: record.slice(64..<96),
            dataSeed: record.slice(96..<128), noiseSeed: record.slice(128..<160))
    }
}
