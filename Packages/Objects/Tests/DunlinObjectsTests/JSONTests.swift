import DunlinCausality
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
        #expect("\(JSONError.tooDeep(limit: 64))".contains("objects of their own"))
    }

    /// 64 containers in the root, and what stands in the deepest.
    @Test(arguments: [
        "1", "{\"@bytes\":\"AQID\"}", "{\"@double\":\"nan\"}", "{\"@ref\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\"}",
    ])
    func `an object that is nested as deep as may be reads back as JSON`(inside: String) throws {
        for (open, close) in [("{\"a\":", "}"), ("[", "]")] {
            func json(_ levels: Int, _ inside: String) -> String {
                "{\"a\":" + String(repeating: open, count: levels) + inside
                    + String(repeating: close, count: levels)
                    + "}"
            }
            let value = try ObjectValue(json: json(64, inside))
            #expect(value.json == json(64, inside))
            var object = ObjectReplica(
                id: try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16))),
                replica: ReplicaID(raw: Bytes32()))
            try object.edit(time: 0) { (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.put(value, at: ObjectPath())
            }
            #expect(try ObjectValue(json: object.document.root().json) == value)
            for deeper in ["[]", "{}", "{\"@id\":1}", "{\"@text\":[]}"] {
                #expect(throws: JSONError.tooDeep(limit: 64)) { try ObjectValue(json: json(64, deeper)) }
            }
            #expect(throws: JSONError.self) { try ObjectValue(json: json(65, inside)) }
            let answer = "{\"result\":[" + json(64, inside) + "]}"
            #expect(try ObjectValue(json: answer, levels: 2).json == answer)
            #expect(throws: JSONError.tooDeep(limit: 64)) { try ObjectValue(json: answer, levels: 1) }
        }
    }

    @Test func `a field is reserved when its first byte says so`() throws {
        var object = ObjectReplica(
            id: try #require(ObjectID(bytes: [UInt8](repeating: 1, count: 16))),
            replica: ReplicaID(raw: Bytes32()))
        // Swift takes the first two scalars for one character.
        let key: UTF8String = "@\u{301}x"
        #expect(throws: ObjectError.reservedKey(key)) {
            try object.edit(time: 0) { (editor: inout ObjectEditor) throws(ObjectError) in
                try editor.put(.integer(1), at: ObjectPath([.key(key)]))
            }
        }
        #expect(throws: JSONError.unknownForm("@\u{301}x")) { try ObjectValue(json: "{\"@\u{301}x\":1}") }
        // Somebody else may have written it all the same.
        var change = Change()
        change.targets = [.root]
        change.operations = [(0, .set(key: key, .scalar(.null))), (0, .set(key: "x", .scalar(.null)))]
        var document = object.document
        try document.apply(change, replica: ReplicaID(raw: Bytes32()), firstSequence: 0, parents: [])
        #expect(document.root().json == "{\"x\":null}")
        _ = try document.edit(replica: ReplicaID(raw: Bytes32()), firstSequence: 2) {
            (editor: inout ObjectEditor) throws(ObjectError) in try editor.put(.map([:]), at: ObjectPath())
        }
        #expect(document.root() == .map([:]) && document.conflicts(at: ObjectPath([.key(key)])) == [.null])
    }

    @Test func `values that look alike but have other bytes or kinds differ`() {
        #expect(ObjectValue.text("\u{e9}") != .text("e\u{301}") && ObjectValue.text("x") != .string("x"))
        #expect(ObjectValue.integer(1) != .double(1) && ObjectValue.double(.nan) == .double(.nan))
        #expect(ObjectValue.double(0) != .double(-0.0))
        let deep = ObjectValue.list([.map(["a": .text("\u{e9}")])])
        #expect(deep == deep && deep != .list([.map(["a": .text("e\u{301}")])]))
    }
}
