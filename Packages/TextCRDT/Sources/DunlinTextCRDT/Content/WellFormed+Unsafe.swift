extension Span<UInt8> {
    /// Whether the bytes are UTF-8. ASCII, which most text is, is looked at by words; making a string of it
    /// to find out took a third of the time in which a text is loaded.
    var isWellFormedUTF8: Bool {
        let whole = count & ~7
        var high: UInt64 = 0
        unsafe withUnsafeBytes { bytes in
            for index in stride(from: 0, to: whole, by: 8) {
                unsafe high |= bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            }
        }
        for index in whole..<count { high |= UInt64(self[index]) }
        if high & 0x8080_8080_8080_8080 == 0 { return true }
        return unsafe withUnsafeBufferPointer { unsafe String(validating: $0, as: UTF8.self) } != nil
    }
}
