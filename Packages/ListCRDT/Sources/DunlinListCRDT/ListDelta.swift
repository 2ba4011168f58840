/// What happened to a list as it is shown here.
///
/// Deltas of one merge come in order: each is about the list as the ones before it left it.
public enum ListDelta<Element: Hashable & Sendable>: Hashable, Sendable {
    /// Elements that stand before the one that was at a position.
    case insert([Element], at: Int)
    /// The positions of elements that are gone.
    case delete(Range<Int>)
}
