extension Span<UInt8> {
    /// Appends the bytes to an array at once; one by one takes several times as long.
    func withAppended(to bytes: inout [UInt8]) {
        if count == 1 { return bytes.append(self[0]) }
        unsafe withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }
}
