import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// An invitation that somebody of a common space has left there for this identity. Until it was joined, what
/// it says of the other space is the sender's word.
/// - Source: `Docs/Spec/Cards.md`, "Letters".
public struct Letter: Hashable, Sendable {
    /// Names it.
    public let id: LetterID
    /// Who has sent it: a member of ``through``, as the credentials there say.
    public let sender: IdentityID
    /// The common space that it came through.
    public let through: SpaceID
    /// How the sender calls the space that it invites to.
    public let name: String
    /// Lets this identity in.
    public let ticket: InvitationTicket

    /// The space that it invites to.
    public var space: SpaceID? {
        guard case .secret(_, let space, _, _) = ticket.access else { return nil }
        return space
    }

    /// Milliseconds since 1970, by the host's clock.
    public var expires: UInt64 { ticket.expires }
}

/// A letter as it lies in a space: sealed to each device of whom it is for.
struct SealedLetter: Sendable {
    /// Bytes of one letter.
    static let byteLimit = 64 << 10
    /// Devices that one is sealed to.
    static let boxLimit = 32
    /// What is sealed is a multiple of this long, so that its length says little of the space's name.
    static let blockByteCount = 1_024
    /// Blocks of what is sealed.
    static let blockLimit = 5

    var expires: UInt64
    var boxes: [(tag: [UInt8], box: [UInt8])]

    /// Seals an invitation to some devices.
    init(
        _ ticket: InvitationTicket, named name: String, id: LetterID, to devices: [AgreementPublicKey],
        random: inout some RandomSource
    ) throws(KeyError) {
        let content = CBORValue.fields([
            (1, .unsigned(1)), (2, .bytes(ticket.encoded())), (3, .text(UTF8String(Card.cleaned(name)))),
        ])
        let padded = Padding.pad(content.encoded(), blockSize: Self.blockByteCount)
        let secret = SecretBytes(copying: padded)
        expires = ticket.expires
        boxes = []
        for device in devices.prefix(Self.boxLimit) {
            let tag = Self.tag(device, id)
            // Two devices may claim one key.
            guard !boxes.contains(where: { $0.tag == tag }) else { continue }
            boxes.append((tag, try SealedBox.seal(secret, to: device, random: &random)))
        }
    }

    /// Bytes that a box may have.
    private static let boxByteCounts = Set(
        (1...blockLimit).map { SealedBox.overheadByteCount + $0 * blockByteCount })

    /// Reads ``encoded``; nil for anything else.
    init?(decoding bytes: [UInt8]) {
        guard bytes.count <= Self.byteLimit else { return nil }
        do throws(CBORError) {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            guard try fields.unsigned(1) == 1 else { return nil }
            expires = try fields.unsigned(2)
            boxes = []
            for item in try fields.array(3, atMost: Self.boxLimit) {
                let parts = try item.asArray(count: 2)
                let tag = try parts[0].asBytes(count: 8), box = try parts[1].asBytes()
                // What nobody could open, or one device would have to open twice.
                guard Self.boxByteCounts.contains(box.count), !boxes.contains(where: { $0.tag == tag }) else {
                    return nil
                }
                boxes.append((tag, box))
            }
            try fields.finish()
        } catch { return nil }
    }

    var encoded: [UInt8] {
        CBORValue.fields([
            (1, .unsigned(1)), (2, .unsigned(expires)),
            (3, .array(boxes.map { .array([.bytes($0.tag), .bytes($0.box)]) })),
        ]).encoded()
    }

    /// The box for the holder of a key; nil when there is none.
    func box(for device: AgreementPublicKey, id: LetterID) -> [UInt8]? {
        let tag = Self.tag(device, id)
        return boxes.first { $0.tag == tag }?.box
    }

    /// What it says to the holder of a key; nil when it says nothing to it, or makes no sense.
    /// - Complexity: one agreement of keys at most.
    func opened(with key: AgreementKey, id: LetterID) -> (ticket: InvitationTicket, name: String)? {
        guard let box = box(for: key.publicKey, id: id), let padded = try? SealedBox.open(box, with: key),
            let content = try? Padding.unpad(padded.copied(), blockSize: Self.blockByteCount),
            let value = try? CBORValue(decoding: content), var fields = try? CBORFields(value),
            (try? fields.unsigned(1)) == 1,
            let bytes = try? fields.bytes(2, atMost: 4_096),
            let ticket = try? InvitationTicket(decoding: bytes), ticket.expires == expires,
            let name = try? fields.text(3, atMost: Card.nameLimit).string,
            (try? fields.finish()) != nil, Array(Card.cleaned(name).utf8) == Array(name.utf8)
        else { return nil }
        return (ticket, name)
    }

    private static func tag(_ device: AgreementPublicKey, _ id: LetterID) -> [UInt8] {
        Array(Digest.blake2b(device.bytes, id.bytes).bytes.prefix(8))
    }
}
