import HeapModule

/// What is to happen, by virtual time; what is due at the same time happens in the order it was planned.
struct Schedule<Item> {
    private struct Entry: Comparable {
        var time: Duration
        var number: UInt64
        var item: Item

        static func < (a: Entry, b: Entry) -> Bool {
            a.time == b.time ? a.number < b.number : a.time < b.time
        }
        static func == (a: Entry, b: Entry) -> Bool { a.number == b.number }
    }

    private var entries = Heap<Entry>()
    private var nextNumber: UInt64 = 0

    var nextTime: Duration? { entries.min?.time }

    mutating func add(_ item: Item, at time: Duration) {
        entries.insert(Entry(time: time, number: nextNumber, item: item))
        nextNumber += 1
    }

    mutating func next() -> (time: Duration, item: Item)? { entries.popMin().map { ($0.time, $0.item) } }
}
