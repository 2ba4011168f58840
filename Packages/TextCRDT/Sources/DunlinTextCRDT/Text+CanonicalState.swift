import DunlinEncoding

extension Text {
    /// The text and what marks show, as bytes that are equal on all replicas with the same events, whoever
    /// has forgotten what: what peers compare, by a hash.
    ///
    /// A text in an object stands so in the object's canonical state.
    /// - Throws: as ``string(at:)``, since what marks show is known from the history.
    /// - Complexity: O(*n*) in the text, and as ``attributedRuns()``.
    /// - Source: `Docs/Spec/Sequences.md`, "Canonical state".
    public mutating func canonicalState() throws(TextError) -> [UInt8] {
        try open()
        let attributes = content.attributes(graph: graph)
        let state = [.unsigned(2), .text(UTF8String(string))] + attributes.map(\.canonicalState)
        return CBORValue.array(state).encoded()
    }
}

extension TextAttribute {
    /// The key, the value, and the ends of each range: as it stands in a canonical state.
    public var canonicalState: CBORValue {
        let ends = ranges.flatMap { [$0.lowerBound, $0.upperBound] }
        return .array([.text(key), value] + ends.map { .unsigned(UInt64($0)) })
    }
}
