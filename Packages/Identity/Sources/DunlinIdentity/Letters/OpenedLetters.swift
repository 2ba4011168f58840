import DunlinCredentials
import DunlinInvitations
import DunlinKeys

/// What this device has found in letters, those that do not open too, so that none is opened twice: that
/// takes an agreement of keys, and whoever sends letters decides how many there are.
public struct OpenedLetters: Sendable {
    /// A box as it lies in a letter.
    private struct Key: Hashable {
        var id: LetterID
        var expires: UInt64
        var box: Digest
    }

    private var contents: [Key: (ticket: InvitationTicket, name: String)?] = [:]
    /// Those that the pass that goes on has asked for.
    private var wanted: Set<Key> = []
    /// Boxes that were opened, or tried, since it was made.
    private(set) var attemptCount = 0

    /// Nothing yet.
    public init() {}

    /// What a letter says to the holder of a key; nil when it says nothing to it, or makes no sense.
    mutating func content(
        of letter: SealedLetter, id: LetterID, for key: AgreementKey
    ) -> (ticket: InvitationTicket, name: String)? {
        guard let box = letter.box(for: key.publicKey, id: id) else { return nil }
        let place = Key(
            id: id, expires: letter.expires, box: Digest.blake2b(key.publicKey.bytes, box))
        wanted.insert(place)
        if let known = contents[place] { return known }
        attemptCount += 1
        let content = letter.opened(with: key, id: id)
        contents[place] = .some(content)
        return content
    }

    /// Ends a pass over all letters: what was not asked for in it is no longer there.
    mutating func endPass() {
        contents = contents.filter { wanted.contains($0.key) }
        wanted = []
    }
}
