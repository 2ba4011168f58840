import DunlinEncoding

extension CBORValue {
    /// Whether every replica reads it as it is: so of what is short and holds no other values.
    var isPlain: Bool {
        switch self {
        case .unsigned, .negative, .bool, .null: true
        case .bytes(let bytes): bytes.count < 1 << 16
        case .text(let text): text.utf8Count < 1 << 16
        case .array, .map: false
        }
    }

    /// Values as every replica will read them, with the keys of maps in order.
    /// - Throws: ``CBORError`` when none could, since one is nested too deep, too long, or a map that has a
    ///   key twice or keys that are neither unsigned nor text.
    static func elements(_ values: [CBORValue]) throws(CBORError) -> [CBORValue] {
        guard let first = values.firstIndex(where: { !$0.isPlain }) else { return values }
        var elements = values
        for index in first..<values.count where !values[index].isPlain {
            elements[index] = try values[index].canonical(within: .userData)
        }
        return elements
    }
}
