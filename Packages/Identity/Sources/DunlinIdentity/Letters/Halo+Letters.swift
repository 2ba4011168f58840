import DunlinEncoding
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// Letters that the identity does not want; all its devices are to know.
/// - Source: `Docs/Spec/Identity.md`, "Objects".
extension Halo {
    private static let declinedType: UTF8String = "dunlin.declined"

    /// Letters that were declined on any device of the identity.
    public func declinedLetters(_ peer: inout Peer) throws(SpaceError) -> Set<LetterID> {
        Set(
            try entries(Self.declinedType, &peer).compactMap { value in
                guard case .bytes(let bytes)? = value["letter"] else { return nil }
                return LetterID(bytes: bytes)
            })
    }

    /// Notes that a letter is not wanted, or of no use any more.
    public func decline(
        _ letter: LetterID, _ peer: inout Peer, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) {
        try put(
            .map(["letter": .bytes(letter.bytes)]), Self.declinedType, halo("letter", letter.bytes), &peer,
            wallClock, &random)
    }
}
