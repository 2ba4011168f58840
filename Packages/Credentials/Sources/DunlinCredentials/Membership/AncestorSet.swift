import HashTreeCollections

/// A set of places in a graph. Copies share what they have in common, so that each credential can keep all
/// that is in its past.
struct AncestorSet: Sendable {
    private typealias Page = SIMD8<UInt64>

    /// 512 places each; a page that is not there has none.
    private var pages: TreeDictionary<Int, Page> = [:]

    /// - Complexity: O(1).
    func contains(_ place: Int) -> Bool {
        guard let page = pages[place >> 9] else { return false }
        return page[place >> 6 & 7] >> UInt64(place & 63) & 1 != 0
    }

    /// - Complexity: O(*n*) in the pages.
    var count: Int {
        pages.values.reduce(0) { sum, page in
            (0..<8).reduce(sum) { $0 + page[$1].nonzeroBitCount }
        }
    }

    /// - Complexity: O(1), and what a page takes when it is shared.
    mutating func insert(_ place: Int) {
        pages[place >> 9, default: .zero][place >> 6 & 7] |= 1 << UInt64(place & 63)
    }

    mutating func remove(_ place: Int) {
        guard var page = pages[place >> 9] else { return }
        page[place >> 6 & 7] &= ~(1 << UInt64(place & 63))
        pages[place >> 9] = page
    }

    /// - Complexity: O(*n*) in the pages of `other`.
    mutating func formUnion(_ other: AncestorSet) {
        for (number, page) in other.pages {
            let own = pages[number] ?? .zero
            let both = own | page
            if both != own { pages[number] = both }
        }
    }

    /// The places of it that are not in `other`, ascending.
    func subtracting(_ other: AncestorSet) -> [Int] {
        var places: [Int] = []
        for number in pages.keys.sorted() {
            guard let page = pages[number] else { continue }
            let rest = page & ~(other.pages[number] ?? .zero)
            guard rest != .zero else { continue }
            for word in 0..<8 {
                var bits = rest[word]
                while bits != 0 {
                    places.append(number << 9 | word << 6 | bits.trailingZeroBitCount)
                    bits &= bits - 1
                }
            }
        }
        return places
    }
}
