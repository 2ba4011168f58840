import DunlinCausality
import DunlinEncoding

extension Map {
    /// Forgets the history before a version that all replicas have agreed on: from then on memory and saved
    /// bytes grow with what the map shows and what was done since, and no more with its age.
    ///
    /// Nothing changes in what the map shows, nor in ``version``; values that are in conflict stay so. Writes
    /// and merges go on, also with replicas that have not forgotten.
    /// - Parameter version: every event that is not in it, and every one to come, has all of it in its past.
    ///   Of a version that is forgotten already nothing happens.
    /// - Throws: ``MapError/versionNotSettled`` when some event known here has not seen all of the version,
    ///   ``MapError/missingEvents`` when the version has events that are not known here, or as
    ///   ``encode(since:)``; the map is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons"; `Docs/Spec/Maps.md`, "A saved map".
    public mutating func forgetHistory(before version: VersionVector) throws(MapError) {
        try open()
        let end: LocalVersion, forgetting: CausalGraph
        let counting = state.counting, sums: [UInt32: Sum]
        var kept: [LocalVersion] = []
        do throws(GraphError) {
            end = try graph.settledCount(of: version)
            guard end > graph.survivorCount else { return }
            (kept, sums) = survivors(of: counting.prefix { $0 < end })
            forgetting = try graph.forgetting(version, keeping: kept.map { $0..<$0 + 1 })
        } catch { throw MapError(error) }
        var log = MapLog(), state = MapState()
        for version in kept + Array(end..<graph.count) {
            let place = self.log.keyOf[version]
            let key = self.log.keys[Int(place)]
            var value = self.log.values[version]
            if let sum = sums[place], sum.last == version { value = .integer(sum.amount) }
            log.append(self.log.operations[version], log.place(of: key) ?? log.add(key), value)
        }
        let distance = end - kept.count
        state.restore(kept.indices, log)
        state.restore(counting.lazy.filter { $0 >= end }.map { $0 - distance }, log)
        (graph, self.log, self.state) = (forgetting, log, state)
    }

    /// The version before which the history was forgotten; empty when nothing was.
    /// - Throws: as ``encode(since:)``.
    public func forgottenVersion() throws(MapError) -> VersionVector {
        try opened().graph.horizon?.version ?? VersionVector()
    }

    /// Increments of a key that are one from now on: whoever removes one has seen all of them.
    private struct Sum {
        var amount: Int64
        var last: LocalVersion
    }

    /// Of events that count those that are kept, ascending, and by key what the kept increment stands for.
    private func survivors(of counting: ArraySlice<LocalVersion>) -> ([LocalVersion], [UInt32: Sum]) {
        var sums: [UInt32: Sum] = [:]
        for version in counting where log.operations[version] == .increment {
            let amount = sums[log.keyOf[version]]?.amount ?? 0
            sums[log.keyOf[version]] = Sum(amount: amount &+ log.amount(at: version), last: version)
        }
        let kept = counting.filter {
            log.operations[$0] == .set || sums[log.keyOf[$0]]?.last == $0
        }
        return (kept, sums)
    }

    /// Takes in what survived before the horizon of a history; the map is empty.
    /// - Throws: ``MapError/malformed`` when some of it could not have survived.
    mutating func restoreSurvivors(of update: MapUpdate) throws(MapError) {
        guard update.survivorCount > 0 else { return }
        let survivors = 0..<update.survivorCount
        guard !update.operations[survivors].contains(.delete) else { throw .malformed }
        var places = [UInt32?](repeating: nil, count: update.keys.count)
        log.append(survivors, of: update, &places)
        state.restore(survivors, log)
    }
}

extension MapError {
    /// Why a graph refused events or a version.
    init(_ error: GraphError) {
        switch error {
        case .missingParent, .unknownParent: self = .missingEvents
        case .forgotten: self = .historyForgotten
        case .notSettled: self = .versionNotSettled
        // Nobody can have made that many.
        case .full, .sequenceNotGrowing, .emptySpan, .malformed: self = .malformed
        }
    }
}
