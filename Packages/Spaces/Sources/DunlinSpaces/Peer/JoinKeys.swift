import DunlinKeys

/// The secrets that a newcomer will use in a space, made before it asks to be let in.
///
/// Keep them safe first, under the invitation's id, and forget them once the space is open: a guest that
/// crashed after it was let in comes again with the same keys and is given the same answer.
public struct JoinKeys: Sendable {
    /// Seeds of the device's keys; used only by a device invitation.
    public let signing: SecretBytes
    /// The scalar to which content keys are sealed; used only by a device invitation.
    public let box: SecretBytes
    /// Seeds of the device's keys in the space.
    public let control: SecretBytes
    /// Seed of the data feed's key.
    public let data: SecretBytes
    /// The scalar for connections.
    public let noise: SecretBytes

    /// Fresh keys.
    public static func make(random: inout some RandomSource) -> JoinKeys {
        JoinKeys(
            signing: random.secret(32), box: random.secret(32), control: random.secret(32),
            data: random.secret(32),
            noise: random.secret(32))
    }

    private init(
        signing: SecretBytes, box: SecretBytes, control: SecretBytes, data: SecretBytes, noise: SecretBytes
    ) {
        self.signing = signing
        self.box = box
        self.control = control
        self.data = data
        self.noise = noise
    }

    /// All of it as one secret of 160 bytes, for the keyring.
    public var record: SecretBytes { .joined([signing, box, control, data, noise]) }

    /// Reads ``record``.
    /// - Throws: ``KeyError/wrongLength(expected:found:)``.
    public init(record: SecretBytes) throws(KeyError) {
        guard record.count == 160 else { throw .wrongLength(expected: 160, found: record.count) }
        self.init(
            signing: try record.slice(0..<32), box: try record.slice(32..<64),
            control: try record.slice(64..<96),
            data: try record.slice(96..<128), noise: try record.slice(128..<160))
    }
}
