/// Marks of one key that lie over each other.
enum MarkStack {
    /// A range and the mark that says its value.
    typealias Span = (range: Range<Int>, mark: Int)

    /// The parts of marks that nothing greater lies over, ascending.
    ///
    /// The greatest mark is laid first; each later one fills what is still free, which is found by going
    /// from a taken place to the next one that is not.
    /// - Complexity: O(*m* log *m*) in the marks.
    static func shown(_ spans: [Span], precedes: (Int, Int) -> Bool) -> [Span] {
        if spans.count == 1 { return spans }
        let borders = Set(spans.flatMap { [$0.range.lowerBound, $0.range.upperBound] }).sorted()
        let places = Dictionary(uniqueKeysWithValues: borders.enumerated().map { ($1, $0) })
        var winners = [Int](repeating: -1, count: borders.count)
        // From a place on, the first that is free, or one on the way there.
        var free = Array(borders.indices)
        func firstFree(from place: Int) -> Int {
            var place = place
            while free[place] != place {
                free[place] = free[free[place]]
                place = free[place]
            }
            return place
        }
        for span in spans.sorted(by: { precedes($1.mark, $0.mark) }) {
            guard let start = places[span.range.lowerBound], let end = places[span.range.upperBound] else {
                continue
            }
            var place = firstFree(from: start)
            while place < end {
                winners[place] = span.mark
                free[place] = place + 1
                place = firstFree(from: place)
            }
        }
        var shown: [Span] = []
        for (place, mark) in winners.enumerated() where mark >= 0 {
            let range = borders[place]..<borders[place + 1]
            if let last = shown.last, last.mark == mark, last.range.upperBound == range.lowerBound {
                shown[shown.count - 1].range = last.range.lowerBound..<range.upperBound
            } else {
                shown.append((range, mark))
            }
        }
        return shown
    }
}
