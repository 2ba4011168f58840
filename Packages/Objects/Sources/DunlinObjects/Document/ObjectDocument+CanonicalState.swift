import DunlinEncoding

extension ObjectDocument {
    /// The object's state as bytes that are equal on all replicas with the same events.
    ///
    /// All values of a key that no later write has seen are in it, reserved fields too.
    /// - Source: `Docs/Spec/Changes.md`, "Canonical state".
    public func canonicalState() -> [UInt8] { canonical(container: 0).encoded() }

    /// Whether two objects hold the same: everything that ``canonicalState()`` tells, reserved fields, values
    /// in conflict and what marks show. Which objects they are and how they came about is not compared.
    ///
    /// One object at one version is the same everywhere, so then nothing is looked at.
    /// - Complexity: O(*r*) in the replicas when id and version are equal; else as ``canonicalState()`` of
    ///   both.
    public func hasSameState(as other: ObjectDocument) -> Bool {
        if id == other.id, versionVector == other.versionVector { return true }
        return canonicalState() == other.canonicalState()
    }

    private func canonical(container index: Int) -> CBORValue {
        switch containers[index].kind {
        case .map:
            guard let map = map(index) else { return .array([.unsigned(0)]) }
            let fields = map.keys.map { key in
                CBORValue.array([.text(key)] + map.conflicts(key).map { canonical($0.value) })
            }
            return .array([.unsigned(0)] + fields)
        case .list: return .array([.unsigned(1)] + (lists[index]?.elements ?? []).map(canonical))
        case .text:
            let text = CBORValue.text(UTF8String(texts[index]?.string ?? ""))
            return .array([.unsigned(2), text] + canonicalAttributes(ofText: index))
        case .counter: return .array([.unsigned(3), .integer(counters[index] ?? 0)])
        }
    }

    private func canonical(_ value: Value) -> CBORValue {
        if case .container(let id) = value {
            return indices[id].map { canonical(container: $0) } ?? .null
        }
        var writer = ByteWriter()
        value.write(&writer)
        return .bytes(writer.bytes)
    }
}

extension ObjectReplica {
    /// Whether two objects hold the same now; see ``ObjectDocument/hasSameState(as:)``. Their histories may
    /// differ: to know whether these are the same, compare ``version``.
    /// - Complexity: as that.
    public func hasSameState(as other: ObjectReplica) -> Bool {
        document.hasSameState(as: other.document)
    }
}
