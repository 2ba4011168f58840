@testable import DunlinCommandLine
import DunlinEncoding
import DunlinObjects
import Testing

/// What people are shown; machines get JSON.
@Suite struct PrinterTests {
    @Test(arguments: [
        (#"{"a":{"@text":"by train"},"b":[1,{"c":true}],"d":null}"#, "a: by train, b: (1, (c: yes)), d: -"),
        (#"["Trip","Work"]"#, "Trip, Work"),
        (#"{"@counter":3}"#, "3"), (#"{"@bytes":"AAE="}"#, "2 bytes"), ("false", "no"), ("[]", "-"),
        (#"{"a":{},"b":[]}"#, "a: -, b: -"), ("-1.5", "-1.5"), (#""one\ntwo""#, "one…"),
        (#"{"\u001b[2Jk":"\u0007"}"#, #"\u{1b}[2Jk: \u{7}"#),
    ]) func `no value is shown to people as JSON`(json: String, shown: String) throws {
        #expect(Printer.cell(try ObjectValue(json: json)) == shown)
    }

    @Test(arguments: [
        ("foo", "does not begin with dunlin-rv://"), ("dunlin-rv://abc", "has no @"),
        ("dunlin-rv://abc@host", "is not HOST:PORT"), ("dunlin-rv://abc@host:0", "is not HOST:PORT"),
        ("dunlin-rv://abc@host:1", "its key is not"),
    ]) func `the address of a rendezvous that is none is refused with what is wrong`(
        text: String, reason: String
    ) {
        #expect {
            _ = try Session.rendezvous(text)
        } throws: { error in
            let failure = error as? CommandFailure
            return failure?.code == .badValue && failure?.message.contains(reason) == true
        }
    }
}
