import DunlinCausality
import DunlinEncoding

/// What a map shows, without its history: enough to read it.
/// - Source: `Docs/Spec/Maps.md`, "A saved map".
struct MapContent: Sendable {
    let version: VersionVector
    /// Ascending.
    private(set) var keys: [UTF8String] = []
    /// For each key where its values begin in `values`.
    private var starts: [Int] = []
    /// For each key its values, the one that shows first, then the sum of its increments.
    private var values: [CBORValue] = []
    /// Which values are sums; by place in `values`.
    private var isSum: [Bool] = []

    init(version: VersionVector) { self.version = version }

    /// Adds a key, greater than those before; not all of the rest is nothing.
    mutating func add(_ key: UTF8String, values: [CBORValue], sum: Int64?) {
        keys.append(key)
        starts.append(self.values.count)
        self.values += values
        isSum += repeatElement(false, count: values.count)
        if let sum {
            self.values.append(.integer(sum))
            isSum.append(true)
        }
    }

    // MARK: Reading

    func candidates(_ key: UTF8String) -> [CBORValue] { range(of: key).map { Array(values[$0]) } ?? [] }

    func sum(_ key: UTF8String) -> Int64? {
        guard let last = range(of: key)?.last, isSum[last] else { return nil }
        return try? values[last].asInteger()
    }

    private func range(of key: UTF8String) -> Range<Int>? {
        var low = 0, high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        guard low < keys.count, keys[low] == key else { return nil }
        return starts[low]..<(low + 1 < starts.count ? starts[low + 1] : values.count)
    }

    // MARK: Encoding

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.sized(version.encoded())
        writer.varint(UInt64(values.count))
        for (index, key) in keys.enumerated() {
            writer.varint(UInt64(key.utf8Count) + 1)
            writer.raw(key.bytes)
            let end = index + 1 < starts.count ? starts[index + 1] : values.count
            // What has the same key as the one before.
            for _ in starts[index] + 1..<end { writer.varint(0) }
        }
        var place = 0
        while place < isSum.count {
            let end = isSum[place...].firstIndex { $0 != isSum[place] } ?? isSum.count
            writer.varint(UInt64(end - place))
            writer.u8(isSum[place] ? 1 : 0)
            place = end
        }
        CBORColumn.write(values.indices.filter { !isSum[$0] }.map { values[$0] }, &writer)
        for case (let value, true) in zip(values, isSum) { writer.zigzag((try? value.asInteger()) ?? 0) }
        writer.endWithChecksum()
        return writer.bytes
    }

    /// Reads what ``encoded()`` wrote, and nothing else.
    init(decoding bytes: [UInt8]) throws(ByteError) {
        var reader = try ByteReader(checking: bytes)
        version = try VersionVector(decoding: try reader.sized())
        let count = try reader.count()
        for index in 0..<count {
            let at = reader.offset
            let length = try reader.varint()
            if length == 0 {
                guard !keys.isEmpty else { throw .notCanonical(at: at) }
                continue
            }
            guard length - 1 <= UInt64(reader.remaining) else { throw .truncated(at: at) }
            guard let key = UTF8String(validating: try reader.raw(count: Int(length - 1))) else {
                throw .notCanonical(at: at)
            }
            if let last = keys.last, last >= key { throw .notCanonical(at: at) }
            keys.append(key)
            starts.append(index)
        }
        try readSumRuns(&reader, count: count)
        let plain = try CBORColumn.read(&reader, count: isSum.reduce(0) { $0 + ($1 ? 0 : 1) })
        var next = 0
        for isSum in isSum {
            if isSum {
                values.append(.integer(try reader.zigzag()))
            } else {
                values.append(plain[next])
                next += 1
            }
        }
        try reader.finish()
        // A key has one sum at most, behind its values.
        for index in keys.indices {
            let end = index + 1 < starts.count ? starts[index + 1] : count
            guard !isSum[starts[index]..<end - 1].contains(true) else { throw .notCanonical(at: 0) }
        }
    }

    private mutating func readSumRuns(_ reader: inout ByteReader, count: Int) throws(ByteError) {
        while isSum.count < count {
            let at = reader.offset
            let length = try reader.varint(), kind = try reader.u8()
            guard length > 0, length <= UInt64(count - isSum.count), kind <= 1, isSum.last != (kind == 1)
            else {
                throw .notCanonical(at: at)
            }
            isSum += repeatElement(kind == 1, count: Int(length))
        }
    }
}
