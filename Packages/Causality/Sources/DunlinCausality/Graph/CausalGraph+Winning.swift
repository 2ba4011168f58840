extension CausalGraph {
    /// Whether what event `a` wrote shows rather than what `b` did, where one of them can: by Lamport time,
    /// then by the replica's bytes, then by number. So an event wins over all that are in its past.
    ///
    /// One replica's events of equal time are concurrent, which only a faulty one writes.
    /// - Complexity: O(log *n*) in the runs of events.
    public func wins(_ a: LocalVersion, over b: LocalVersion) -> Bool {
        let x = lamport(at: a), y = lamport(at: b)
        return x == y ? event(at: a) > event(at: b) : x > y
    }
}
