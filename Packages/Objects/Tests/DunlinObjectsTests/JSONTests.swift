import DunlinEncoding
import DunlinObjects
import Testing

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "0", "-1", "9223372036854775807", "1.5", "-0.0", "1e+300", "\"a\\\"b\\\\\\n\"", "[]",
        "{}",
        "[1,[2,{}],null]", "{\"a\":1,\"b\":{\"@text\":\"x\"}}", "{\"@bytes\":\"AQID\"}", "{\"@counter\":-3}",
        "{\"@double\":\"nan\"}", "{\"@double\":\"-inf\"}", "{\"@ref\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
        "\"\\u0000\\u007f\"",
    ]) func `what is written reads back and writes the same`(text: String) throws {
        #expect(try ObjectValue(json: text).json == text)
    }

    @Test(arguments: [
        "", "nul", "01", "1.", ".5", "+1", "1e", "9223372036854775808", "1e999", "[1,]", "{\"a\":1,}",
        "{a:1}",
        "\"", "\"\\x\"", "\"\\ud800\"", "\"\u{1}\"", "1 2", "{\"a\":1,\"a\":2}", "{\"@nope\":1}",
        "{\"@ref\":\"x\"}",
        "{\"@bytes\":\"AQI\"}", "{\"@bytes\":\"AR==\"}",
    ]) func `anything else is refused`(text: String) {
        #expect(throws: JSONError.self) { try ObjectValue(json: text) }
    }

    @Test func `escapes of surrogate pairs are one scalar and depth is bounded`() throws {
        #expect(try ObjectValue(json: "\"\\ud83d\\udc4d\"") == .string("👍"))
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(throws: JSONError.tooDeep(limit: 64)) { try ObjectValue(json: deep) }
    }

    @Test func `values that look alike but have other bytes or kinds differ`() {
        #expect(ObjectValue.text("\u{e9}") != .text("e\u{301}") && ObjectValue.text("x") != .string("x"))
        #expect(ObjectValue.integer(1) != .double(1) && ObjectValue.double(.nan) == .double(.nan))
        #expect(ObjectValue.double(0) != .double(-0.0))
        let deep = ObjectValue.list([.map(["a": .text("\u{e9}")])])
        #expect(deep == deep && deep != .list([.map(["a": .text("e\u{301}")])]))
    }
}
