import DunlinCausality
import DunlinTextCRDT

/// Places in texts that stay with their scalars.
///
/// An anchor names a scalar by the event that inserted it, and an object's texts share the object's events:
/// so it means the same on every replica and after saving and loading, and nothing in any other text.
extension ObjectDocument {
    /// A place in the text at a path that stays with the scalar behind (`before`) or before it (`after`).
    ///
    /// The first call replays the text's history into an index that the object keeps from then on.
    /// - Parameter position: in scalars; as many as the text has are its end.
    /// - Throws: ``ObjectError/noContainer(path:kind:)`` when there is no text,
    ///   ``ObjectError/outOfRange(_:count:)``, or as ``open()``.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func anchor(
        at position: Int, side: TextAnchor.Side, inTextAt path: ObjectPath
    ) throws(ObjectError) -> TextAnchor {
        guard let index = textIndex(at: path) else {
            throw .noContainer(path: path.description, kind: .text)
        }
        let count = texts[index]?.count ?? 0
        guard (0...count).contains(position) else { throw .outOfRange(position..<position, count: count) }
        try open()
        let graph = graph
        let anchor = withNested { $0.texts[index]?.anchor(at: position, side: side, graph: graph) }
        return anchor ?? (side == .before ? .end : .start)
    }

    /// Where an anchor is now in the text at a path, in scalars; nil when no text stands there now, or it is
    /// another one than the anchor's, when what the anchor names has not arrived here, or was deleted before
    /// the version that ``forgetHistory(before:)`` was given.
    ///
    /// Where the anchor's scalar was deleted, it is where the scalar was.
    /// - Throws: as ``open()``; not for the ends of the text, which need no history.
    /// - Complexity: O(log *n*) once the index is made.
    public mutating func position(
        of anchor: TextAnchor, inTextAt path: ObjectPath
    ) throws(ObjectError) -> Int? {
        guard let index = textIndex(at: path) else { return nil }
        if anchor.event != nil { try open() }
        let graph = graph
        return withNested { $0.texts[index]?.position(of: anchor, graph: graph) }
    }

    private func textIndex(at path: ObjectPath) -> Int? {
        container(at: path).flatMap { containers[$0].kind == .text ? $0 : nil }
    }
}

extension ObjectReplica {
    /// A place in the text at a path that stays with the scalar behind (`before`) or before it (`after`); see
    /// ``ObjectDocument/anchor(at:side:inTextAt:)``.
    /// - Throws: ``ObjectError/noContainer(path:kind:)``, ``ObjectError/outOfRange(_:count:)``.
    /// - Complexity: O(log *n*) once the text's history was replayed into an index, by the first call.
    public mutating func anchor(
        at position: Int, side: TextAnchor.Side, inTextAt path: ObjectPath
    ) throws(ObjectError) -> TextAnchor {
        try document.anchor(at: position, side: side, inTextAt: path)
    }

    /// Where an anchor is now in the text at a path, in scalars; nil where it has no place; see
    /// ``ObjectDocument/position(of:inTextAt:)``.
    /// - Throws: as ``ObjectDocument/open()``.
    /// - Complexity: O(log *n*) once the text's history was replayed into an index, by the first call.
    public mutating func position(
        of anchor: TextAnchor, inTextAt path: ObjectPath
    ) throws(ObjectError) -> Int? {
        try document.position(of: anchor, inTextAt: path)
    }
}
