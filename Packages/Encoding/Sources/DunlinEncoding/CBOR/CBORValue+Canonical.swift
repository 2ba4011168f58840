extension CBORValue {
    /// The value as everybody who decodes it within `limits` will read it: the keys of maps in order.
    ///
    /// How deep it is nested is asked before anything else: what encodes a value goes as deep as it does, and
    /// one of thousands of levels would take more stack than a thread has.
    /// - Throws: ``CBORError`` naming the first limit or rule that the value breaks: nobody could read it.
    /// - Complexity: O(*n*), and O(*k* log *k*) in the keys of each map.
    public func canonical(within limits: CBORLimits) throws(CBORError) -> CBORValue {
        guard isNested(atMost: limits.depth) else { throw .tooDeep(limit: limits.depth) }
        return try CBORValue(decoding: encoded(), limits: limits)
    }

    /// Goes no deeper than it asks for.
    private func isNested(atMost depth: Int) -> Bool {
        guard depth > 0 else { return false }
        switch self {
        case .array(let items): return items.allSatisfy { $0.isNested(atMost: depth - 1) }
        case .map(let pairs):
            return pairs.allSatisfy {
                $0.key.isNested(atMost: depth - 1) && $0.value.isNested(atMost: depth - 1)
            }
        case .unsigned, .negative, .bytes, .text, .bool, .null: return true
        }
    }
}
