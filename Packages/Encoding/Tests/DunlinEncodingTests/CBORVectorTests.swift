import DunlinEncoding
import Testing

/// Cases of RFC 8949, appendix A, sorted by whether the profile admits them, and malformed inputs of our own.
@Suite struct CBORVectorTests {
    static let accepted = [
        "00",
        "01",
        "0a",
        "17",
        "1818",
        "1819",
        "1864",
        "1903e8",
        "1a000f4240",
        "1b000000e8d4a51000",
        "1bffffffffffffffff",
        "3bffffffffffffffff",
        "20",
        "29",
        "3863",
        "3903e7",
        "f4",
        "f5",
        "f6",
        "40",
        "4401020304",
        "60",
        "6161",
        "6449455446",
        "62225c",
        "62c3bc",
        "63e6b0b4",
        "64f0908591",
        "80",
        "83010203",
        "8301820203820405",
        "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
        "a0",
        "a201020304",
        "a26161016162820203",
        "826161a161626163",
        "a56161614161626142616361436164614461656145",
    ]

    static let refused = [
        "c249010000000000000000",
        "c349010000000000000000",
        "f90000",
        "f98000",
        "f93c00",
        "fb3ff199999999999a",
        "f93e00",
        "f97bff",
        "fa47c35000",
        "fa7f7fffff",
        "fb7e37e43c8800759c",
        "f90001",
        "f90400",
        "f9c400",
        "fbc010666666666666",
        "f97c00",
        "f97e00",
        "f9fc00",
        "fa7f800000",
        "fa7fc00000",
        "faff800000",
        "fb7ff0000000000000",
        "fb7ff8000000000000",
        "fbfff0000000000000",
        "f7",
        "f0",
        "f818",
        "f8ff",
        "c074323031332d30332d32315432303a30343a30305a",
        "c11a514b67b0",
        "c1fb41d452d9ec200000",
        "d74401020304",
        "d818456449455446",
        "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9fff",
        "9f018202039f0405ffff",
        "9f01820203820405ff",
        "83018202039f0405ff",
        "83019f0203ff820405",
        "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
        "bf61610161629f0203ffff",
        "826161bf61626163ff",
        "bf6346756ef563416d7421ff",
        "1817",
        "190018",
        "1a0000ffff",
        "1b00000000ffffffff",
        "5800",
        "780161",
        "9800",
        "b800",
        "a2616201616101",
        "a2616101616102",
        "a26161016162",
        "9fff",
        "5f4100ff",
        "bfff",
        "61ff",
        "63eda080",
        "62c080",
        "f97e00",
        "f90000",
        "fb3ff0000000000000",
        "f7",
        "f814",
        "c074323031332d30332d32315432303a30343a30305a",
        "c249010000000000000000",
        "0000",
        "",
        "1c",
        "ff",
        "9bffffffffffffffff",
        "5bffffffffffffffff",
        "bbffffffffffffffff",
        "a1f600",
        "a12000",
        "a1410000",
        "4000",
    ]

    @Test(arguments: accepted) func `what the profile admits encodes to the same bytes`(hex: String) throws {
        let bytes = try Hex.decode(hex)
        #expect(try CBORValue(decoding: bytes).encoded() == bytes)
    }

    @Test(arguments: refused) func `what the profile does not admit is refused`(hex: String) throws {
        let bytes = try Hex.decode(hex)
        #expect(throws: CBORError.self) { try CBORValue(decoding: bytes) }
    }

    @Test func `every strict prefix of an accepted value is refused`() throws {
        for hex in Self.accepted {
            let bytes = try Hex.decode(hex)
            for end in 0..<bytes.count {
                #expect(throws: CBORError.self) { try CBORValue(decoding: Array(bytes[..<end])) }
            }
        }
    }

    @Test func `depth and sizes are refused before anything is allocated`() throws {
        let deep = [UInt8](repeating: 0x81, count: 100) + [0]
        #expect(throws: CBORError.tooDeep(limit: 16)) { try CBORValue(decoding: deep) }
        #expect(throws: CBORError.self) { try CBORValue(decoding: [0x9b, 0xff, 0, 0, 0, 0, 0, 0, 0]) }
        #expect(throws: CBORError.self) {
            try CBORValue(decoding: [0x5b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])
        }
    }
}
