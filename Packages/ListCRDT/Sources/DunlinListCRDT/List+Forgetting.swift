import DunlinCausality

extension List {
    /// Forgets the history before a version that all replicas have agreed on: from then on memory and saved
    /// bytes grow with what the list is and what was done since, and no more with its age.
    ///
    /// Nothing changes in the list as it is shown, nor in ``version``. Edits and merges go on, also with
    /// replicas that have not forgotten. What is gone are older versions, which
    /// ``ListError/historyForgotten`` says.
    /// - Parameter version: every event that is not in it, and every one to come, has all of it in its past.
    ///   Of a version that is forgotten already nothing happens.
    /// - Throws: ``ListError/versionNotSettled`` when some event known here has not seen all of the version,
    ///   ``ListError/missingEvents`` when the version has events that are not known here, or as
    ///   ``elements(at:)``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons".
    public mutating func forgetHistory(before version: VersionVector) throws(ListError) {
        try open()
        do throws(GraphError) {
            let end = try graph.settledCount(of: version)
            guard end > graph.survivorCount else { return }
            let frontier = graph.frontier(of: version)
            guard let elements = content.elements(at: frontier, graph: graph) else { return }
            // Nobody asks for the names of elements: any events of the version will do, and there are enough,
            // since each element was inserted.
            let events = 0..<elements.count
            graph = try graph.forgetting(version, keeping: events.isEmpty ? [] : [events])
            content.forget(before: end, keeping: elements, from: 0, movedDownBy: end - elements.count)
        } catch { throw ListError(error) }
    }

    /// The version before which the history was forgotten; empty when nothing was.
    /// - Throws: as ``elements(at:)``.
    public func forgottenVersion() throws(ListError) -> VersionVector {
        try opened().graph.horizon?.version ?? VersionVector()
    }
}

extension ListError {
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
