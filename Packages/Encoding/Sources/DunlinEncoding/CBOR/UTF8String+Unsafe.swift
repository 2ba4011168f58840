extension UTF8String {
    /// Gives the bytes where they lie.
    ///
    /// Sound, since nobody keeps the buffer. Byte by byte through the text's view, looking up a key of 6
    /// bytes in a dictionary takes 60 ns instead of 37, one of 38 bytes 262 ns instead of 76.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = unsafe string.utf8.withContiguousStorageIfAvailable(body) { return result }
        // A text of another system's making.
        return unsafe Array(string.utf8).withUnsafeBufferPointer(body)
    }

    func isEqual(to other: UTF8String) -> Bool {
        unsafe withBytes { a in unsafe other.withBytes { b in unsafe a.elementsEqual(b) } }
    }

    func precedes(_ other: UTF8String) -> Bool {
        unsafe withBytes { a in unsafe other.withBytes { b in unsafe a.lexicographicallyPrecedes(b) } }
    }

    func hashBytes(into hasher: inout Hasher) {
        unsafe withBytes { bytes in unsafe hasher.combine(bytes: UnsafeRawBufferPointer(bytes)) }
    }
}
