/// What happened to a list as it is shown here.
///
/// Deltas of one merge come in order: each is about the list as the ones before it left it.
public enum ListDelta<Element: Hashable & Sendable>: Hashable, Sendable {
    /// Elements that stand before the one that was at a position.
    case insert([Element], at: Int)
    /// The positions of elements that are gone.
    case delete(Range<Int>)
    /// Elements that take the place of as many from a position on.
    case set([Element], at: Int)
    /// The element at a position stands where so many others are before it.
    case move(from: Int, to: Int)
}

extension Array where Element: Hashable & Sendable {
    /// Does to the array what was done to a list; for a copy that a view keeps of it.
    ///
    /// - Precondition: the array is as the list was.
    /// - Complexity: O(*n*).
    public mutating func apply(_ delta: ListDelta<Element>) {
        switch delta {
        case .insert(let elements, let position): insert(contentsOf: elements, at: position)
        case .delete(let range): removeSubrange(range)
        case .set(let elements, let position):
            replaceSubrange(position..<position + elements.count, with: elements)
        case .move(let from, let to): insert(remove(at: from), at: to)
        }
    }
}
