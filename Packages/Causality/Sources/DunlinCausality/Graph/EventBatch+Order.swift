extension EventBatch {
    /// The runs in an order in which parents come first and a branch goes on as long as it can, so that
    /// whoever replays them rarely changes from one to another; empty when the order of the batch is as good.
    /// - Complexity: O(*n*) in the runs and their parents.
    func branchOrder() -> [Int32] {
        guard runs.count > 2, !isLine else { return [] }
        // What each run waits for, as pairs; then the runs that wait for each, one behind the other.
        var edges: [(from: Int32, to: Int32)] = []
        edges.reserveCapacity(parents.count + runs.count)
        var lastOfWriter = [Int32](repeating: -1, count: replicas.count)
        for index in runs.indices {
            let writer = runs[index].writer
            if lastOfWriter[writer] >= 0 { edges.append((lastOfWriter[writer], Int32(index))) }
            for place in runs[index].parents {
                guard case .inside(let number) = parents[place] else { continue }
                let other = runIndex(of: number, near: index)
                if Int32(other) != lastOfWriter[writer] { edges.append((Int32(other), Int32(index))) }
            }
            lastOfWriter[writer] = Int32(index)
        }
        var waiting = [Int32](repeating: 0, count: runs.count)
        var start = [Int32](repeating: 0, count: runs.count + 1)
        for edge in edges {
            waiting[Int(edge.to)] += 1
            start[Int(edge.from) + 1] += 1
        }
        for index in runs.indices { start[index + 1] += start[index] }
        var fill = start
        var followers = [Int32](repeating: 0, count: edges.count)
        for edge in edges {
            followers[Int(fill[Int(edge.from)])] = edge.to
            fill[Int(edge.from)] += 1
        }
        var ready: [Int32] = []
        for index in runs.indices.reversed() where waiting[index] == 0 { ready.append(Int32(index)) }
        var order: [Int32] = []
        order.reserveCapacity(runs.count)
        while let run = ready.popLast() {
            order.append(run)
            // The nearest follower is the branch that goes on: it is put on top.
            var place = Int(start[Int(run) + 1]) - 1
            while place >= Int(start[Int(run)]) {
                let next = followers[place]
                waiting[Int(next)] -= 1
                if waiting[Int(next)] == 0 { ready.append(next) }
                place -= 1
            }
        }
        return order
    }

    /// Whether each run has the last event of the one before it as a parent.
    private var isLine: Bool {
        runs.indices.dropFirst().allSatisfy { index in
            parents[runs[index].parents].contains { parent in
                if case .inside(let number) = parent { number == runs[index].start - 1 } else { false }
            }
        }
    }
}
