/// The bytes of a rope's leaves, side by side: room for `capacity` bytes each.
///
/// Moving bytes within an array safely means a temporary copy for each move, which made an edit four times as
/// slow.
struct LeafBytes: Sendable {
    let capacity: Int
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { self.capacity = capacity }

    mutating func reserve(leaves: Int) { bytes.reserveCapacity(bytes.count + leaves * capacity) }

    mutating func addLeaf() { bytes.append(contentsOf: repeatElement(0, count: capacity)) }

    /// Copies the bytes in `range` to `start`; the places may overlap.
    mutating func move(_ range: Range<Int>, to start: Int) {
        precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
        precondition(start >= 0 && start + range.count <= bytes.count)
        guard !range.isEmpty else { return }
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            unsafe (base + start).update(from: base + range.lowerBound, count: range.count)
        }
    }

    mutating func write(_ text: Span<UInt8>, at start: Int) {
        precondition(start >= 0 && start + text.count <= bytes.count)
        guard !text.isEmpty else { return }
        unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe text.withUnsafeBufferPointer { source in
                guard let base = buffer.baseAddress, let from = source.baseAddress else { return }
                unsafe (base + start).update(from: from, count: text.count)
            }
        }
    }

    /// The text in pieces that follow each other: copied once, where joining arrays first would copy it
    /// twice.
    func string(of pieces: [Range<Int>]) -> String {
        let count = pieces.reduce(0) { $0 + $1.count }
        return unsafe String(unsafeUninitializedCapacity: count) { target in
            unsafe bytes.withUnsafeBufferPointer { source in
                var end = 0
                for piece in pieces {
                    _ = unsafe target[end...].update(fromContentsOf: source[piece])
                    end += piece.count
                }
            }
            return count
        }
    }
}
