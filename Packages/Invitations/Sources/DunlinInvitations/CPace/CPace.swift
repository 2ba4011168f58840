import DunlinEncoding
import DunlinKeys

/// The balanced password-authenticated key exchange CPACE-RISTR255-SHA512, initiator and responder.
///
/// Both ends get the same key exactly when they used the same code and saw the same channel and data. Who
/// sits in between learns nothing and has one guess for each run.
/// - Source: draft-irtf-cfrg-cpace, sections 5 to 7 and appendix.
public enum CPace {
    /// Prepends the length, as LEB128.
    public static func prependLength(_ bytes: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.sized(bytes)
        return writer.bytes
    }

    /// Each part behind its length as a varint; draft-irtf-cfrg-cpace calls it lv_cat.
    public static func lengthValueConcatenation(_ parts: [UInt8]...) -> [UInt8] {
        parts.flatMap(prependLength)
    }

    /// The generator that the code yields.
    public static func generator(
        password: SecretBytes, channel: [UInt8], session: [UInt8]
    ) throws(KeyError) -> SecretBytes {
        var length = ByteWriter()
        length.varint(UInt64(password.count))
        let domain = prependLength(Array("CPaceRistretto255".utf8))
        let used = domain.count + length.bytes.count + password.count
        let padding = [UInt8](repeating: 0, count: max(0, 128 - 1 - used))
        return try Ristretto255.element(
            fromHash: SHA512.hash(
                SecretBytes(copying: domain + length.bytes), password,
                SecretBytes(copying: lengthValueConcatenation(padding, channel, session))))
    }

    /// The shared key, from the element K and the transcript in initiator's order.
    public static func sharedKey(
        session: [UInt8], element: SecretBytes, initiator: (share: [UInt8], data: [UInt8]),
        responder: (share: [UInt8], data: [UInt8])
    ) -> SecretBytes {
        var length = ByteWriter()
        length.varint(UInt64(element.count))
        return SHA512.hash(
            SecretBytes(
                copying: lengthValueConcatenation(Array("CPaceRistretto255_ISK".utf8), session)
                    + length.bytes), element,
            SecretBytes(
                copying: lengthValueConcatenation(initiator.share, initiator.data)
                    + lengthValueConcatenation(responder.share, responder.data)))
    }

    /// What one end shows the other to prove that it has the key.
    public static func confirmation(
        key: SecretBytes, session: [UInt8], share: [UInt8], data: [UInt8]
    ) -> [UInt8] {
        let macKey = SHA512.hash(SecretBytes(copying: Array("CPaceMac".utf8) + session), key)
        return HMACSHA512.authenticate(lengthValueConcatenation(share, data), key: macKey)
    }
}

/// One end's part of a run.
public struct CPaceShare: Sendable {
    private let scalar: SecretBytes
    /// 32 bytes, sent to the other end.
    public let share: [UInt8]

    /// - Parameter scalar: a reduced scalar of 32 bytes, used once.
    public init(generator: SecretBytes, scalar: SecretBytes) throws(KeyError) {
        self.scalar = scalar
        share = try Ristretto255.multiply(scalar, generator)
    }

    /// Begins the exchange with a fresh secret.
    public static func make(
        generator: SecretBytes, random: inout some RandomSource
    ) throws(KeyError) -> CPaceShare {
        try CPaceShare(generator: generator, scalar: Ristretto255.scalar(reducing: random.secret(64)))
    }

    /// The element K with the other end's share.
    /// - Throws: ``KeyError/badPoint`` when the share does not decode or is the identity: abort.
    public func element(with other: [UInt8]) throws(KeyError) -> SecretBytes {
        try Ristretto255.multiply(scalar, other)
    }
}
