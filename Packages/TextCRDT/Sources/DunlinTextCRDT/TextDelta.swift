/// What happened to a text as it is shown here.
///
/// Deltas of one merge come in order: each is about the text as the ones before it left it.
public struct TextDelta: Hashable, Sendable {
    /// Where it happened, in Unicode scalars.
    public var position: Int
    /// Where it happened, in UTF-16 units, as most editors count.
    public var utf16Position: Int
    /// Scalars that are gone from there on.
    public var deletedCount: Int
    /// UTF-16 units that are gone from there on.
    public var deletedUTF16Count: Int
    /// What stands there now.
    public var inserted: String
}
