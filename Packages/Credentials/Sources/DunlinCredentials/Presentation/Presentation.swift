import DunlinEncoding
import DunlinKeys

/// Shows an app or a server, without any other party, that whoever sends it speaks for an identity.
///
/// It is made for one audience, which gives the nonce, and for a short time. The audience keeps a nonce until
/// it was answered or has expired; what somebody else overhears or is given is of no use elsewhere or later.
/// - Source: `Docs/Spec/Presentations.md`.
public struct Presentation: Hashable, Sendable {
    /// How long one may be valid, in milliseconds: a day.
    public static let lifetimeLimit: UInt64 = 86_400_000
    /// How far clocks may be apart, in milliseconds: a minute.
    public static let clockTolerance: UInt64 = 60_000
    /// Bytes of UTF-8 in the name of an audience.
    public static let audienceLimit = 256
    /// Bytes of a nonce.
    public static let nonceByteCounts = 16...64

    /// From the identity to the device that has signed.
    public let chain: CertificateChain
    /// For whom it is: an origin such as `https://example.org`, or whatever both agree on.
    public let audience: String
    /// What the audience has asked to be signed.
    public let nonce: [UInt8]
    /// When it was made, in milliseconds since 1970.
    public let issued: UInt64
    /// Until when it is valid, in milliseconds since 1970.
    public let expiry: UInt64
    /// By the device, over everything else.
    public let signature: Signature

    /// Whose it is.
    public var identity: IdentityID { chain.identity }
    /// The device that has signed.
    public var device: DeviceID { chain.device }

    /// Signs one.
    /// - Parameters:
    ///   - chain: The signing device's.
    ///   - lifetime: In milliseconds, at most ``lifetimeLimit``.
    /// - Throws: ``PresentationError/badRequest`` for an audience, nonce or lifetime out of bounds.
    public static func issue(
        _ chain: CertificateChain, audience: String, nonce: [UInt8], issued: UInt64, lifetime: UInt64,
        signingWith device: SigningKey
    ) throws(PresentationError) -> Presentation {
        let (expiry, isTooLate) = issued.addingReportingOverflow(lifetime)
        guard (1...audienceLimit).contains(audience.utf8.count), nonceByteCounts.contains(nonce.count),
            (1...lifetimeLimit).contains(lifetime), !isTooLate, device.publicKey == chain.device
        else { throw .badRequest }
        let signed = body(chain, audience, nonce, issued, expiry)
        do {
            return Presentation(
                chain: chain, audience: audience, nonce: nonce, issued: issued, expiry: expiry,
                signature: try device.sign(signed.encoded(), purpose: .presentation))
        } catch { throw .key(error) }
    }

    /// Reads one and checks all of it; what this gives is true of who sent it.
    ///
    /// What it cannot know is whether the device was revoked since: keep lifetimes short, and where that
    /// matters ask for a new one.
    /// - Parameters:
    ///   - audience: The name that the reader goes by.
    ///   - nonce: What the reader has given to be signed, and takes back now: each serves once.
    ///   - now: In milliseconds since 1970.
    /// - Throws: ``PresentationError``, which says what is wrong.
    public init(
        verifying bytes: [UInt8], audience: String, nonce: [UInt8], now: UInt64
    ) throws(PresentationError) {
        guard bytes.count <= 16 << 10 else { throw .malformed }
        let signed: CBORValue
        do {
            let parts = try CBORValue(decoding: bytes).asArray(count: 2)
            signed = parts[0]
            signature = try Signature(parts[1])
            var fields = try CBORFields(signed)
            guard try fields.unsigned(1) == 1 else { throw PresentationError.newerVersion }
            chain = try CertificateChain(fields.value(2))
            self.audience = try fields.text(3, atMost: Self.audienceLimit).string
            self.nonce = try fields.bytes(4, atMost: Self.nonceByteCounts.upperBound)
            issued = try fields.unsigned(5)
            expiry = try fields.unsigned(6)
            try fields.finish()
        } catch let error as PresentationError {
            throw error
        } catch CredentialError.badChain {
            throw .badSignature
        } catch { throw .malformed }
        guard chain.device.verify(signature, over: signed.encoded(), purpose: .presentation) else {
            throw .badSignature
        }
        // Compared by their bytes: two spellings of one text are two audiences.
        guard Array(self.audience.utf8) == Array(audience.utf8) else { throw .otherAudience(self.audience) }
        guard self.nonce == nonce else { throw .otherNonce }
        guard issued <= expiry, expiry - issued <= Self.lifetimeLimit else { throw .malformed }
        guard now.addingReportingOverflow(Self.clockTolerance).partialValue >= issued else {
            throw .notYetValid
        }
        guard now < expiry else { throw .expired }
    }

    /// The bytes to send.
    public var encoded: [UInt8] {
        CBORValue.array([Self.body(chain, audience, nonce, issued, expiry), signature.encodedValue]).encoded()
    }

    private static func body(
        _ chain: CertificateChain, _ audience: String, _ nonce: [UInt8], _ issued: UInt64, _ expiry: UInt64
    ) -> CBORValue {
        CBORValue.fields([
            (1, .unsigned(1)), (2, chain.encodedValue), (3, .text(UTF8String(audience))), (4, .bytes(nonce)),
            (5, .unsigned(issued)), (6, .unsigned(expiry)),
        ])
    }

    private init(
        chain: CertificateChain, audience: String, nonce: [UInt8], issued: UInt64, expiry: UInt64,
        signature: Signature
    ) {
        self.chain = chain
        self.audience = audience
        self.nonce = nonce
        self.issued = issued
        self.expiry = expiry
        self.signature = signature
    }
}

/// Why a presentation shows nothing.
public enum PresentationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are no presentation. Ask for another.
    case malformed
    /// Of a later version. Update Dunlin.
    case newerVersion
    /// The device or one of its certificates was not signed by whom it says.
    case badSignature
    /// It was made for somebody else.
    case otherAudience(String)
    /// It answers another request, or one that was answered before.
    case otherNonce
    /// Its time is over. Ask for another.
    case expired
    /// It begins later than now: a clock is wrong.
    case notYetValid
    /// The audience has 1 to 256 bytes, the nonce 16 to 64, the lifetime is at most a day.
    case badRequest
    case key(KeyError)

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .malformed: "These bytes are no presentation; ask for another."
        case .newerVersion: "The presentation is of a newer version; update Dunlin."
        case .badSignature: "The presentation is not signed by a device of the identity it names."
        case .otherAudience(let audience): "The presentation was made for \(audience)."
        case .otherNonce: "The presentation answers another request; ask for another."
        case .expired: "The presentation has expired; ask for another."
        case .notYetValid: "The presentation is dated in the future; check the clocks."
        case .badRequest:
            "A presentation has an audience of 1 to 256 bytes, a nonce of 16 to 64 and lasts at most a day."
        case .key(let cause): "\(cause)"
        }
    }
}
