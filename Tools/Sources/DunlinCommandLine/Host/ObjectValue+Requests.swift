import DunlinEncoding
import DunlinObjects

/// Requests and answers are values like those of objects: one JSON codec for all.
extension ObjectValue {
    static func record(_ fields: [String: ObjectValue]) -> ObjectValue {
        .map(
            Dictionary(fields.map { (UTF8String($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
        )
    }

    /// Maps and lists that requests, events and answers may have around an object's value.
    static let messageLevels = 8

    /// A plain string, not a collaborative text.
    static func plain(_ string: String) -> ObjectValue { .string(UTF8String(string)) }

    func with(_ key: String, _ value: ObjectValue) -> ObjectValue {
        guard case .map(var fields) = self else { return self }
        fields[UTF8String(key)] = value
        return .map(fields)
    }

    public func string(_ key: String) -> String? {
        guard case .string(let text)? = self[UTF8String(key)] else { return nil }
        return text.string
    }

    public func integer(_ key: String) -> Int64? {
        guard case .integer(let number)? = self[UTF8String(key)] else { return nil }
        return number
    }

    /// A position or a count, so small that sums of two need no care.
    public func place(_ key: String, unsaid: Int64 = 0) throws(CommandFailure) -> Int {
        let number = integer(key) ?? unsaid
        guard (0...Int64(Int32.max)).contains(number) else {
            throw CommandFailure(.badValue, "Positions and counts are from 0 to \(Int32.max).")
        }
        return Int(number)
    }

    func flag(_ key: String) -> Bool { self[UTF8String(key)] == .bool(true) }

    func required(_ key: String) throws(CommandFailure) -> String {
        guard let text = string(key) else { throw CommandFailure(.badValue, "The \(key) is missing.") }
        return text
    }
}
