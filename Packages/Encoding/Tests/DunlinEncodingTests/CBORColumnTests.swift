import DunlinEncoding
import Testing

@Suite struct CBORColumnTests {
    struct SeededGenerator: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }

    static func read(_ bytes: [UInt8], count: Int) throws(ByteError) -> [CBORValue] {
        var reader = ByteReader(bytes)
        let values = try CBORColumn.read(&reader, count: count)
        try reader.finish()
        return values
    }

    static func written(_ values: [CBORValue]) -> [UInt8] {
        var writer = ByteWriter()
        CBORColumn.write(values, &writer)
        return writer.bytes
    }

    static func scalar(_ random: inout SeededGenerator) -> CBORValue {
        let edges: [UInt64] = [0, 1, 23, 24, 1 << 63 - 1, 1 << 63, 1 << 63 + 1, .max - 1, .max]
        let number = Bool.random(using: &random) ? edges.randomElement(using: &random) ?? 0 : random.next()
        switch Int.random(in: 0..<7, using: &random) {
        case 0: return .unsigned(number)
        case 1: return .negative(number)
        case 2: return .bool(Bool.random(using: &random))
        case 3: return .null
        case 4: return .bytes((0..<Int.random(in: 0..<5, using: &random)).map { _ in UInt8(number & 0xff) })
        case 5: return .text(["", "a", "é\u{301}", "🛶", "שלום"].randomElement(using: &random) ?? "")
        default: return .unsigned(number & 0xff)
        }
    }

    /// Values, some of them alike side by side.
    static func values(_ random: inout SeededGenerator) -> [CBORValue] {
        var values: [CBORValue] = []
        for _ in 0..<Int.random(in: 0..<12, using: &random) {
            let length = Int.random(in: 1...3, using: &random)
            for _ in 0..<length {
                switch Int.random(in: 0..<10, using: &random) {
                case 0: values.append(.array([scalar(&random), .array([scalar(&random)])]))
                case 1:
                    values.append(
                        .map([CBORPair(.text("a"), scalar(&random)), CBORPair(.text("b"), scalar(&random))]))
                case 2..<6: values.append(scalar(&random))
                default: values.append(values.last ?? .null)
                }
            }
        }
        return values
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `any values read back`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        let values = Self.values(&random)
        #expect(try Self.read(Self.written(values), count: values.count) == values, "seed \(seed)")
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `what is read has no other encoding, and nothing that is cut short is read`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed + 1)
        let values = Self.values(&random), bytes = Self.written(values)
        for end in 0..<bytes.count {
            #expect(throws: ByteError.self, "seed \(seed)") {
                try Self.read(Array(bytes[..<end]), count: values.count)
            }
        }
        for _ in 0..<40 where !bytes.isEmpty {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                changed[Int.random(in: 0..<changed.count, using: &random)] ^=
                    1 << UInt8.random(in: 0..<8, using: &random)
            }
            let count = max(0, values.count + Int.random(in: -1...1, using: &random))
            if let other = try? Self.read(changed, count: count) {
                #expect(other.count == count && Self.written(other) == changed, "seed \(seed)")
            }
        }
    }

    @Test func `integers over all of their range are one chain of distances`() throws {
        let values: [CBORValue] = [
            .unsigned(.max), .unsigned(0), .negative(.max), .negative(0), .unsigned(1 << 63),
            .negative(1 << 63),
            .integer(.min), .integer(.max), .unsigned(.max),
        ]
        #expect(try Self.read(Self.written(values), count: values.count) == values)
        // Up by one each: a run, and one byte for each.
        #expect(Self.written((5..<9).map { .unsigned($0) }) == [4, 3, 10, 2, 2, 2])
    }

    @Test(
        arguments: [
            // A run that the next one goes on with, one of nothing, one beyond the count, an unknown kind.
            ([1, 0, 1, 0], 2), ([0, 0, 1, 1], 1), ([2, 0], 1), ([1, 7], 1),
            // 2^63 under the kind of the smaller ones is -2^63; 0 under the kinds of those that do not fit.
            ([1, 4, 0], 1), ([1, 5, 1], 1),
            // A number, a boolean and null among what is none of these.
            ([1, 6, 1, 0], 1), ([1, 6, 1, 0xf4], 1), ([1, 6, 1, 0xf6], 1), ([1, 6, 0], 1),
            // Lengths that are not the shortest, of a run, of a distance, and of a value.
            ([0x81, 0, 0], 1), ([1, 3, 0x80, 0], 1), ([1, 6, 0x81, 0, 0x40], 1),
            // More integers, and more values, than the input can hold.
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 3, 0], Int.max),
            ([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 6, 0], Int.max),
            ([1, 6, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x40], 1),
        ] as [([UInt8], Int)])
    func `an encoding that is not the one is refused`(bytes: [UInt8], count: Int) {
        #expect(throws: ByteError.self) { try Self.read(bytes, count: count) }
    }
}
