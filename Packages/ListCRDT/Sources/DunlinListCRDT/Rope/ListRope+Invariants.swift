extension ListRope {
    /// What is wrong with the rope, for tests; nil when nothing is.
    /// - Complexity: O(*n*).
    func brokenInvariant() -> String? {
        let runs = runs(in: 0..<count)
        if runs.contains(where: { $0.count == 0 }) { return "a run is empty" }
        if runs.reduce(0, { $0 + Int($1.count) }) != count {
            return "the runs are not as many elements as counted"
        }
        return brokenLeaf()
    }
}
