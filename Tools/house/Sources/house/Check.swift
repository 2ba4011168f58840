/// All rules over a tree, less what the two lists excuse.
struct Check {
    var tree: Tree

    /// Each violation of each rule, excused or not.
    private func found() -> [Violation] {
        allRules.flatMap { rule in
            rule.violations(in: tree).map { violation in
                var violation = violation
                violation.rule = rule.name
                return violation
            }
        }
    }

    func violations() throws -> [Violation] {
        var exceptions = ExceptionList(tree.text(ExceptionList.path) ?? "")
        let rest = exceptions.unexcused(found(), in: tree)
        let ratchet = try Ratchet(tree.text(Ratchet.path) ?? "{}")
        return (ratchet.beyond(rest, of: allRules) + exceptions.complaints)
            .sorted { ($0.path, $0.line, $0.rule) < ($1.path, $1.line, $1.rule) }
    }

    /// The ratchet as it should be by now.
    func tightened() throws -> String {
        var exceptions = ExceptionList(tree.text(ExceptionList.path) ?? "")
        var ratchet = try Ratchet(tree.text(Ratchet.path) ?? "{}")
        ratchet.tighten(to: exceptions.unexcused(found(), in: tree))
        return try ratchet.text()
    }
}
