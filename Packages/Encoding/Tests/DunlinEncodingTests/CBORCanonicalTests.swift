import DunlinEncoding
import Testing

@Suite struct CBORCanonicalTests {
    private static func nested(_ levels: Int, inMaps: Bool) -> CBORValue {
        (0..<levels).reduce(CBORValue.null) { value, _ in
            inMaps ? .map([CBORPair(.unsigned(1), value)]) : .array([value])
        }
    }

    @Test(arguments: [false, true])
    func `a value that is nested to the limit is read, a deeper one is refused`(
        inMaps: Bool
    ) throws {
        let limits = CBORLimits.userData
        let deepest = Self.nested(limits.depth - 1, inMaps: inMaps)
        #expect(try deepest.canonical(within: limits) == deepest)
        for levels in [limits.depth, 10_000] {
            let value = Self.nested(levels, inMaps: inMaps)
            #expect(throws: CBORError.tooDeep(limit: 64)) { try value.canonical(within: limits) }
        }
    }

    @Test func `keys are put in order, and what is no key is refused, however deep`() throws {
        let map = CBORValue.map([CBORPair(.text("b"), .null), CBORPair(.unsigned(1), .null)])
        #expect(
            try map.canonical(within: .userData)
                == .map([CBORPair(.unsigned(1), .null), CBORPair(.text("b"), .null)]))
        let twice = CBORValue.map([CBORPair(.unsigned(1), .null), CBORPair(.unsigned(1), .null)])
        #expect(throws: CBORError.self) { try twice.canonical(within: .userData) }
        let deepKey = CBORValue.map([CBORPair(Self.nested(10_000, inMaps: false), .null)])
        #expect(throws: CBORError.tooDeep(limit: 64)) { try deepKey.canonical(within: .userData) }
    }
}
