import DunlinCausality

extension ObjectDocument {
    /// Edits the object as `replica`.
    ///
    /// - Parameters:
    ///   - firstSequence: the number of the first event; higher than any of the replica's in the object.
    ///   - report: told afterwards of each text that has changed, unless `body` throws; see
    ///     ``ObjectTextChange``.
    /// - Returns: what `body` returned, and the change; nil when nothing changed.
    /// - Throws: what `body` throws. The document may then hold the first part of the edit: discard it.
    public mutating func edit<R, E: Error>(
        replica: ReplicaID, firstSequence: UInt64, _ body: (inout ObjectEditor) throws(E) -> R,
        report: ((ObjectTextChange) -> Void)? = nil
    ) throws(E) -> (R, Change?) {
        // Moved out and in again, so that no second reference makes each edit copy the document.
        let id = self.id
        var editor = ObjectEditor(
            exchange(&self, with: ObjectDocument(id: id)), replica: replica, firstSequence: firstSequence,
            gathering: report.map { _ in TextChanges() })
        let result: R
        do {
            result = try body(&editor)
        } catch {
            self = editor.finish().0
            throw error
        }
        let (document, change, textChanges) = editor.finish()
        self = document
        if let report { textChanges?.changes(in: self).forEach(report) }
        return (result, change.operations.isEmpty ? nil : change)
    }
}

private func exchange<T>(_ value: inout T, with new: consuming T) -> T {
    let old = value
    value = new
    return old
}
