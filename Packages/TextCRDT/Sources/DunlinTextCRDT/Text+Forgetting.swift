import DunlinCausality

extension Text {
    /// Forgets the history before a version that all replicas have agreed on: from then on memory and saved
    /// bytes grow with what the text is and what was done since, and no more with its age.
    ///
    /// Nothing changes in the text as it is shown, nor in ``version``. Edits and merges go on, also with
    /// replicas that have not forgotten. What is gone: older versions, which ``TextError/historyForgotten``
    /// says; and the places of anchors at scalars that were deleted before, which have none from then on.
    /// Marks stay where they are. What was typed before can still be undone; what was deleted is gone.
    /// - Parameter version: every event that is not in it, and every one to come, has all of it in its past.
    ///   Of a version that is forgotten already nothing happens.
    /// - Throws: ``TextError/versionNotSettled`` when some event known here has not seen all of the version,
    ///   ``TextError/missingEvents`` when the version has events that are not known here, or as
    ///   ``string(at:)``; the document is unchanged.
    /// - Complexity: O(*n* log *n*) in the history.
    /// - Source: `Docs/Spec/Sequences.md`, "Horizons".
    public mutating func forgetHistory(before version: VersionVector) throws(TextError) {
        try open()
        do throws(GraphError) {
            let end = try graph.settledCount(of: version)
            guard end > graph.survivorCount else { return }
            let survivors = content.survivors(before: end, graph: graph)
            let forgetting = try graph.forgetting(version, keeping: survivors.events)
            content.forget(
                before: end, keeping: survivors, from: 0, movedDownBy: end - forgetting.survivorCount)
            graph = forgetting
        } catch { throw TextError(error) }
    }

    /// The version before which the history was forgotten; empty when nothing was.
    /// - Throws: as ``string(at:)``.
    public func forgottenVersion() throws(TextError) -> VersionVector {
        try opened().graph.horizon?.version ?? VersionVector()
    }
}

extension TextError {
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
