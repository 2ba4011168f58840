extension Plan {
    /// Carries out the plan.
    /// - Parameter isRecording: keeps a ``Timeline`` of it.
    public func run(isRecording: Bool = false) -> Outcome { PlanRun.run(self, isRecording: isRecording) }

    /// A smaller plan that breaks the same promise: steps are left out, then the network is calmed, as long
    /// as it does.
    /// - Parameters:
    ///   - failure: what this plan breaks.
    ///   - progress: called with the number of steps left after each success.
    /// - Complexity: about *s* log *s* runs for *s* steps that matter, at most 400.
    public func shrunk(_ failure: Failure, progress: (Int) -> Void = { _ in }) -> Plan {
        shrunk(progress: progress) { $0.run().failure?.promise == failure.promise }
    }

    func shrunk(progress: (Int) -> Void = { _ in }, while holds: (Plan) -> Bool) -> Plan {
        var best = self
        var runsLeft = 400
        func fails(_ plan: Plan) -> Bool {
            runsLeft -= 1
            return holds(plan)
        }
        var size = max(1, steps.count / 2)
        while size >= 1, runsLeft > 0 {
            var start = 0
            var wasReduced = false
            while start < best.steps.count, runsLeft > 0 {
                var candidate = best
                candidate.steps.removeSubrange(start..<min(start + size, best.steps.count))
                if fails(candidate) {
                    best = candidate
                    wasReduced = true
                    progress(best.steps.count)
                } else {
                    start += size
                }
            }
            if size == 1, !wasReduced { break }
            size = wasReduced ? size : size / 2
        }
        var calm = best
        calm.network = .calm
        if runsLeft > 0, fails(calm) { best = calm }
        return best
    }
}
