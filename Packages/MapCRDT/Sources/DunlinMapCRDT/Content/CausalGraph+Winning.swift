import DunlinCausality

extension CausalGraph {
    /// Whether the value that event `a` wrote shows rather than that of `b`: by Lamport time, then by the
    /// replica's bytes, then by number.
    ///
    /// One replica's events of equal time are concurrent, which only a faulty one writes.
    @usableFromInline func wins(_ a: LocalVersion, over b: LocalVersion) -> Bool {
        let x = lamport(at: a), y = lamport(at: b)
        return x == y ? event(at: a) > event(at: b) : x > y
    }
}
