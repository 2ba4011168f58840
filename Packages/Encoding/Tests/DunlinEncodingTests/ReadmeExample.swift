import DunlinEncoding
import Testing

@Suite struct ReadmeExample {
    @Test func `the example of the README does what it says`() throws {
        let message = CBORValue.fields([(1, .text("hello")), (2, .unsigned(7))])
        let bytes = message.encoded()
        var fields = try CBORFields(CBORValue(decoding: bytes))
        let greeting = try fields.text(1, atMost: 100)
        let number = try fields.unsigned(2)
        try fields.finish()
        #expect(greeting == "hello" && number == 7)
    }
}
