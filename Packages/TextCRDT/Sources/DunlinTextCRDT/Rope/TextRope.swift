import DunlinSequences

/// A text as leaves of UTF-8 under a tree of sums, addressed by Unicode scalars, UTF-16 units or lines.
///
/// A leaf is a gap buffer: where something was typed last, a byte goes in without moving others. The leaf
/// last touched is remembered, so typing in one place neither searches nor tells the tree of each letter. Two
/// large allocations, whatever the size.
/// - Complexity: O(log *n*) for an edit, a place or a conversion; O(1) to type on.
struct TextRope: Sendable {
    /// What is known of a leaf, in 16 bytes: those of a text of millions fit into a cache.
    private struct Leaf: Sendable {
        private var lengths: (bytes: UInt32, scalars: UInt32) = (0, 0)
        private var gap: (byte: UInt32, scalar: UInt32) = (0, 0)

        /// Bytes in the leaf.
        var length: Int {
            get { Int(lengths.bytes) }
            set { lengths.bytes = UInt32(newValue) }
        }
        /// Scalars in the leaf, as the tree has them too.
        var scalars: Int {
            get { Int(lengths.scalars) }
            set { lengths.scalars = UInt32(newValue) }
        }
        /// Bytes before the gap.
        var gapStart: Int {
            get { Int(gap.byte) }
            set { gap.byte = UInt32(newValue) }
        }
        /// Scalars before the gap.
        var gapScalars: Int {
            get { Int(gap.scalar) }
            set { gap.scalar = UInt32(newValue) }
        }
    }

    /// Bytes that a leaf has room for.
    private static let capacity = 1_024
    /// Bytes that go into a new leaf when more than one are filled.
    private static let filling = 704
    /// The same where more than a megabyte is cut at once: few of its leaves are edited soon, and the smaller
    /// it is the more of it is in a cache.
    private static let fullerFilling = 960

    private var storage = LeafBytes(capacity: Self.capacity)
    private var leaves: [Leaf] = []
    private var tree = SumTree()
    /// The leaf last edited, and the scalars before it.
    private var finger = (leaf: -1, start: 0)
    /// What was typed and deleted at the finger since it came there; the tree does not know of it yet.
    private var untold = SumTree.Sums()

    init() {}

    /// - Complexity: O(*n*).
    init(_ text: Span<UInt8>) { appendLeaves(text) }

    var scalarCount: Int { tree.total.first + untold.first }
    var utf16Count: Int { tree.total.second + untold.second }
    /// Line feeds in the text.
    var lineFeedCount: Int { tree.total.third + untold.third }

    // MARK: Reading

    var string: String {
        var pieces: [Range<Int>] = []
        pieces.reserveCapacity(2 * leaves.count)
        var leaf = tree.firstLeaf
        while let here = leaf {
            let meta = leaves[here], base = here * Self.capacity
            pieces.append(base..<base + meta.gapStart)
            pieces.append(base + meta.gapStart + Self.capacity - meta.length..<base + Self.capacity)
            leaf = tree.leaf(after: here)
        }
        return storage.string(of: pieces)
    }

    /// UTF-8 of the scalars in `range`, which lies within the text.
    func bytes(in range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        guard !range.isEmpty, let found = find(.first, range.lowerBound) else { return result }
        var leaf = found.leaf, start = found.before.first
        while start < range.upperBound {
            let count = leaves[leaf].scalars
            let low = byteOffset(ofScalar: max(0, range.lowerBound - start), in: leaf)
            let high = byteOffset(ofScalar: min(count, range.upperBound - start), in: leaf)
            append(bytesOf: leaf, low..<high, to: &result)
            start += count
            guard let next = tree.leaf(after: leaf) else { break }
            leaf = next
        }
        return result
    }

    private func append(bytesOf leaf: Int, _ range: Range<Int>, to bytes: inout [UInt8]) {
        let meta = leaves[leaf], gap = Self.capacity - meta.length
        let base = leaf * Self.capacity
        if range.lowerBound < meta.gapStart {
            bytes += storage.bytes[base + range.lowerBound..<base + min(range.upperBound, meta.gapStart)]
        }
        if range.upperBound > meta.gapStart {
            bytes +=
                storage.bytes[
                    base + gap + max(range.lowerBound, meta.gapStart)..<base + gap + range.upperBound]
        }
    }

    /// The byte at an offset in a leaf, the gap left out.
    private func byte(_ offset: Int, in leaf: Int) -> UInt8 {
        let meta = leaves[leaf]
        let gap = offset < meta.gapStart ? 0 : Self.capacity - meta.length
        return storage.bytes[leaf * Self.capacity + gap + offset]
    }

    /// Byte offset of a scalar in a leaf.
    private func byteOffset(ofScalar index: Int, in leaf: Int) -> Int {
        let meta = leaves[leaf]
        if meta.scalars == meta.length { return index }
        var seen = 0, offset = 0
        if index >= meta.gapScalars { (seen, offset) = (meta.gapScalars, meta.gapStart) }
        while offset < meta.length {
            if byte(offset, in: leaf) & 0xc0 != 0x80 {
                if seen == index { return offset }
                seen += 1
            }
            offset += 1
        }
        return offset
    }

    // MARK: Converting

    /// Scalars before a UTF-16 offset; nil inside a surrogate pair or beyond the end.
    func scalarOffset(ofUTF16 offset: Int) -> Int? {
        if offset == utf16Count { return scalarCount }
        guard let (leaf, before) = find(.second, offset) else { return nil }
        var utf16 = before.second, scalars = before.first
        for index in 0..<leaves[leaf].length {
            let byte = byte(index, in: leaf)
            guard byte & 0xc0 != 0x80 else { continue }
            if utf16 >= offset { return utf16 == offset ? scalars : nil }
            utf16 += byte >= 0xf0 ? 2 : 1
            scalars += 1
        }
        return nil
    }

    /// UTF-16 units before a scalar; nil beyond the end.
    func utf16Offset(ofScalar offset: Int) -> Int? { sums(beforeScalar: offset)?.second }

    /// Line feeds before a scalar: the number of its line, from 0; nil beyond the end.
    func line(ofScalar offset: Int) -> Int? { sums(beforeScalar: offset)?.third }

    /// Scalars before the first one of a line; nil when there is no such line.
    func scalarOffset(ofLine line: Int) -> Int? {
        if line == 0 { return 0 }
        guard line > 0, let (leaf, before) = find(.third, line - 1) else { return nil }
        var lines = before.third, scalars = before.first
        for index in 0..<leaves[leaf].length {
            let byte = byte(index, in: leaf)
            guard byte & 0xc0 != 0x80 else { continue }
            scalars += 1
            if byte == 0x0a {
                lines += 1
                if lines == line { return scalars }
            }
        }
        return nil
    }

    private func sums(beforeScalar offset: Int) -> SumTree.Sums? {
        if offset == scalarCount { return SumTree.Sums(scalarCount, utf16Count, lineFeedCount) }
        guard let (leaf, before) = find(.first, offset) else { return nil }
        var sums = before
        for index in 0..<leaves[leaf].length {
            let byte = byte(index, in: leaf)
            guard byte & 0xc0 != 0x80 else { continue }
            if sums.first == offset { break }
            sums += SumTree.Sums(1, byte >= 0xf0 ? 2 : 1, byte == 0x0a ? 1 : 0)
        }
        return sums
    }

    /// As `SumTree.find`, with what the tree has not been told.
    private func find(_ measure: SumTree.Measure, _ offset: Int) -> (leaf: Int, before: SumTree.Sums)? {
        guard untold != SumTree.Sums() else { return tree.find(measure, offset) }
        let before = tree.sums(before: finger.leaf)
        if offset < before[measure] { return tree.find(measure, offset) }
        let end = before[measure] + tree.sums(of: finger.leaf)[measure] + untold[measure]
        if offset < end { return (finger.leaf, before) }
        var found = tree.find(measure, offset - untold[measure])
        found?.before += untold
        return found
    }

    // MARK: Inserting

    /// Puts well-formed UTF-8 before scalar `position`; beyond the end it goes to the end.
    mutating func insert(_ text: Span<UInt8>, at position: Int) {
        guard !text.isEmpty else { return }
        guard tree.firstLeaf != nil else { return appendLeaves(text) }
        let position = min(max(position, 0), scalarCount)
        seek(position)
        let leaf = finger.leaf
        let offset = moveGap(to: position - finger.start, in: leaf)
        guard leaves[leaf].length + text.count <= Self.capacity else {
            return split(leaf, at: offset, with: text)
        }
        storage.write(text, at: leaf * Self.capacity + offset)
        let added = TextMeasure(text)
        leaves[leaf].length += text.count
        leaves[leaf].scalars += added.scalars
        leaves[leaf].gapStart += text.count
        leaves[leaf].gapScalars += added.scalars
        untold += added.sums
    }

    /// Moves a leaf's gap before one of its scalars; gives the byte offset.
    private mutating func moveGap(to scalar: Int, in leaf: Int) -> Int {
        let meta = leaves[leaf]
        if scalar == meta.gapScalars { return meta.gapStart }
        let offset = byteOffset(ofScalar: scalar, in: leaf)
        let base = leaf * Self.capacity, gap = Self.capacity - meta.length
        if offset < meta.gapStart {
            storage.move(base + offset..<base + meta.gapStart, to: base + offset + gap)
        } else {
            storage.move(base + meta.gapStart + gap..<base + offset + gap, to: base + meta.gapStart)
        }
        leaves[leaf].gapStart = offset
        leaves[leaf].gapScalars = scalar
        return offset
    }

    /// Replaces a leaf by several that hold its text with more in it.
    private mutating func split(_ leaf: Int, at offset: Int, with text: Span<UInt8>) {
        tellTree()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(leaves[leaf].length + text.count)
        append(bytesOf: leaf, 0..<offset, to: &bytes)
        text.withAppended(to: &bytes)
        append(bytesOf: leaf, offset..<leaves[leaf].length, to: &bytes)
        let size = Self.pieceSize(bytes.count)
        let first = Self.cut(bytes.span, from: 0, size: size)
        var change = fill(leaf, bytes.span.extracting(0..<first))
        change -= tree.sums(of: leaf)
        tree.add(change, to: leaf)
        var start = first, last = leaf
        while start < bytes.count {
            let end = Self.cut(bytes.span, from: start, size: size)
            last = addLeaf(after: last, bytes.span.extracting(start..<end))
            start = end
        }
    }

    private mutating func appendLeaves(_ text: Span<UInt8>) {
        let size = Self.pieceSize(text.count)
        // Some more: the first leaf that overflows would else copy all.
        let count = text.count / max(1, size) + 1
        storage.reserve(leaves: count + count / 16)
        var start = 0
        while start < text.count {
            let end = Self.cut(text, from: start, size: size)
            _ = addLeaf(after: tree.lastLeaf, text.extracting(start..<end))
            start = end
        }
    }

    /// Bytes for each of the leaves that a text is cut into.
    private static func pieceSize(_ count: Int) -> Int {
        let filling = count > 1 << 20 ? fullerFilling : filling
        let pieces = (count + filling - 1) / filling
        return (count + pieces - 1) / max(1, pieces)
    }

    /// Where a piece ends that begins at `start`: never inside a scalar.
    private static func cut(_ text: Span<UInt8>, from start: Int, size: Int) -> Int {
        var end = min(start + size, text.count)
        while end < text.count, text[end] & 0xc0 == 0x80 { end += 1 }
        return end
    }

    private mutating func addLeaf(after leaf: Int?, _ text: Span<UInt8>) -> Int {
        let number = tree.insertLeaf(after: leaf, sums: SumTree.Sums())
        if number == leaves.count {
            leaves.append(Leaf())
            storage.addLeaf()
        }
        tree.add(fill(number, text), to: number)
        return number
    }

    /// Makes a text a leaf's; gives what it adds up to.
    private mutating func fill(_ leaf: Int, _ text: Span<UInt8>) -> SumTree.Sums {
        storage.write(text, at: leaf * Self.capacity)
        let measure = TextMeasure(text)
        leaves[leaf].length = text.count
        leaves[leaf].scalars = measure.scalars
        leaves[leaf].gapStart = text.count
        leaves[leaf].gapScalars = measure.scalars
        return measure.sums
    }

    // MARK: Deleting

    /// Takes out the scalars in `range`, as far as it lies within the text.
    mutating func delete(_ range: Range<Int>) {
        let range = range.clamped(to: 0..<scalarCount)
        guard !range.isEmpty else { return }
        var rest = range.count
        while rest > 0 {
            seek(range.lowerBound)
            var leaf = finger.leaf
            // At a border the finger may stand at the end of the leaf before.
            if range.lowerBound == finger.start + leaves[leaf].scalars {
                guard let next = tree.leaf(after: leaf) else { return }
                tellTree()
                finger = (next, range.lowerBound)
                leaf = next
            }
            let scalars = leaves[leaf].scalars
            let start = range.lowerBound - finger.start
            let count = min(rest, scalars - start)
            if count == scalars, tree.firstLeaf != tree.lastLeaf {
                tellTree()
                tree.removeLeaf(leaf)
                finger.leaf = -1
            } else {
                delete(start..<start + count, in: leaf)
                joinNeighbours(of: leaf)
            }
            rest -= count
        }
    }

    private mutating func delete(_ scalars: Range<Int>, in leaf: Int) {
        let meta = leaves[leaf], base = leaf * Self.capacity
        var low = meta.gapStart, high: Int
        if scalars.upperBound == meta.gapScalars {
            // What is gone stands right before the gap, as behind backspace.
            low = byteOffset(ofScalar: scalars.lowerBound, in: leaf)
            high = meta.gapStart
        } else {
            low = moveGap(to: scalars.lowerBound, in: leaf)
            high = byteOffset(ofScalar: scalars.upperBound, in: leaf)
        }
        let start = low < leaves[leaf].gapStart ? base + low : base + low + Self.capacity - meta.length
        let gone = TextMeasure(storage.bytes.span.extracting(start..<start + high - low))
        leaves[leaf].gapStart = low
        leaves[leaf].gapScalars = scalars.lowerBound
        leaves[leaf].length -= high - low
        leaves[leaf].scalars -= gone.scalars
        untold -= gone.sums
    }

    /// Puts a leaf that has become small together with one beside it.
    private mutating func joinNeighbours(of leaf: Int) {
        guard leaves[leaf].length < Self.capacity / 8,
            let next = tree.leaf(after: leaf) ?? tree.leaf(before: leaf),
            leaves[next].length + leaves[leaf].length <= Self.filling
        else { return }
        tellTree()
        let isBehind = tree.leaf(after: leaf) == next
        var bytes: [UInt8] = []
        append(bytesOf: isBehind ? leaf : next, 0..<leaves[isBehind ? leaf : next].length, to: &bytes)
        append(bytesOf: isBehind ? next : leaf, 0..<leaves[isBehind ? next : leaf].length, to: &bytes)
        let sums = tree.sums(of: leaf)
        tree.removeLeaf(leaf)
        tree.add(sums, to: next)
        _ = fill(next, bytes.span)
        finger.leaf = -1
    }

    /// Moves the finger to the leaf that holds the place before scalar `position`.
    private mutating func seek(_ position: Int) {
        if finger.leaf >= 0, position >= finger.start,
            position <= finger.start + leaves[finger.leaf].scalars
        {
            return
        }
        tellTree()
        if position > 0, let (leaf, before) = tree.find(.first, position - 1) {
            finger = (leaf, before.first)
        } else {
            finger = (tree.firstLeaf ?? 0, 0)
        }
    }

    /// Before the finger leaves, and before the tree changes.
    private mutating func tellTree() {
        guard untold != SumTree.Sums() else { return }
        tree.add(untold, to: finger.leaf)
        untold = SumTree.Sums()
    }
}
