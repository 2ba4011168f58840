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
        pages[place >> 9] = page == .zero ? nil : page
    }

    /// - Complexity: O(*n*) in the pages of `other`; O(1) when this one is empty.
    mutating func formUnion(_ other: AncestorSet) {
        guard !pages.isEmpty else {
            pages = other.pages
            return
        }
        for (number, page) in other.pages {
            let own = pages[number] ?? .zero
            let both = own | page
            if both != own { pages[number] = both }
        }
    }

    /// The places of it that are not in `other`, ascending.
    func subtracting(_ other: AncestorSet) -> [Int] {
        places { number, page in page & ~(other.pages[number] ?? .zero) }
    }

    /// The places of it that are in `other` and neither in `third` nor in `fourth`, ascending.
    /// - Complexity: O(*n*) in its own pages, and what is found.
    func places(
        in other: AncestorSet, butNot third: AncestorSet, _ fourth: AncestorSet = AncestorSet()
    ) -> [Int] {
        places { number, page in
            let none = (third.pages[number] ?? .zero) | (fourth.pages[number] ?? .zero)
            return page & (other.pages[number] ?? .zero) & ~none
        }
    }

    /// The places of it that are in `other` and `third` and not in `fourth`, ascending.
    /// - Complexity: O(*n*) in its own pages, and what is found.
    func places(
        in other: AncestorSet, and third: AncestorSet, butNot fourth: AncestorSet = AncestorSet()
    ) -> [Int] {
        places { number, page in
            page & (other.pages[number] ?? .zero) & (third.pages[number] ?? .zero)
                & ~(fourth.pages[number] ?? .zero)
        }
    }

    /// The first place that is in `other` and not in `third`, and matches.
    /// - Parameter start: Places before it are passed over.
    func first(
        in other: AncestorSet, butNot third: AncestorSet, from start: Int = 0, where matches: (Int) -> Bool
    ) -> Int? {
        for number in pages.keys.sorted() where number >= start >> 9 {
            guard let page = pages[number] else { continue }
            let rest = page & (other.pages[number] ?? .zero) & ~(third.pages[number] ?? .zero)
            guard rest != .zero else { continue }
            for word in 0..<8 {
                var bits = rest[word]
                while bits != 0 {
                    let place = number << 9 | word << 6 | bits.trailingZeroBitCount
                    if place >= start, matches(place) { return place }
                    bits &= bits - 1
                }
            }
        }
        return nil
    }

    /// The last place that matches, of so many looked at.
    func last(_ limit: Int, where matches: (Int) -> Bool) -> Int? {
        var left = limit
        for number in pages.keys.sorted(by: >) {
            guard let page = pages[number] else { continue }
            for word in (0..<8).reversed() {
                var bits = page[word]
                while bits != 0 {
                    guard left > 0 else { return nil }
                    left -= 1
                    let bit = 63 - bits.leadingZeroBitCount
                    let place = number << 9 | word << 6 | bit
                    if matches(place) { return place }
                    bits &= ~(1 << UInt64(bit))
                }
            }
        }
        return nil
    }

    /// All of its places, ascending.
    var all: [Int] { places { _, page in page } }

    private func places(_ part: (Int, Page) -> Page) -> [Int] {
        var places: [Int] = []
        for number in pages.keys.sorted() {
            guard let page = pages[number] else { continue }
            let rest = part(number, page)
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
