import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT

extension ObjectDocument {
    /// What saved bytes are; they begin with it.
    enum SavedForm: UInt8 {
        /// Content and history in one.
        case whole = 16
        /// What reading needs.
        case content = 17
        /// What merging and editing need besides the content.
        case history = 18

        /// Added when something about marks follows.
        static let marked: UInt8 = 8
    }

    /// A history up to about so many bytes stays with the content: most objects are small, and reading a
    /// little more costs less than asking twice.
    private static let smallHistory = 1_024

    /// The object as it is shown, conflicts too, with its version: enough to read it again at once.
    ///
    /// A small history is in it. Local versions are this device's own, so two devices may write different
    /// bytes for the same object.
    /// - Complexity: O(*n*) in the content.
    /// - Source: `Docs/Spec/Changes.md`, "A saved object".
    public func savedContent() -> [UInt8] { encoded(isApart ? .content : .whole) }

    /// The history, which editing and merging need: by its own, without the object as it is shown. Empty when
    /// the content has it.
    /// - Throws: ``ObjectError/historyUnavailable(_:)``, ``ObjectError/malformed``,
    ///   ``ObjectError/historyOfAnotherVersion`` when the object was loaded and its history cannot be read or
    ///   is none of it.
    /// - Complexity: O(*n*) in the history.
    public func savedHistory() throws(ObjectError) -> [UInt8] {
        guard isApart else { return [] }
        return try opened().encodedHistory()
    }

    /// Content and history in one.
    /// - Throws: as ``savedHistory()``.
    public func saved() throws(ObjectError) -> [UInt8] { try opened().encoded(.whole) }

    /// Opens a saved object. It can be read at once; its history is fetched when something needs it.
    ///
    /// - Parameters:
    ///   - content: what ``savedContent()`` or ``saved()`` gave.
    ///   - history: gives what ``savedHistory()`` gave, of the same version; asked at the first edit, merge
    ///     or question about the past, which throws ``ObjectError/historyUnavailable(_:)`` if this throws,
    ///     ``ObjectError/historyOfAnotherVersion`` if it is that, and ``ObjectError/malformed`` if it is
    ///     none.
    /// - Throws: ``ObjectError`` when the bytes are damaged.
    /// - Complexity: O(*n*) in the content; nothing of a history that was saved apart is touched.
    public init(
        loading content: [UInt8], history: @escaping @Sendable () throws -> [UInt8]
    ) throws(ObjectError) {
        do {
            var reader = try ByteReader(checking: content)
            let head = try reader.u8()
            guard let form = SavedForm(rawValue: head & ~SavedForm.marked), form != .history,
                let id = ObjectID(bytes: try reader.raw(count: 16))
            else { throw ObjectError.malformed }
            self.init(id: id)
            try read(form, isMarked: head & SavedForm.marked != 0, &reader, history: history)
            if form == .content { withNested { $0.sealed?.content = Checksum(of: content.span) } }
        } catch let error as ObjectError {
            throw error
        } catch let error as ByteError {
            throw .bytes(error)
        } catch let error as GraphError {
            throw .graph(error)
        } catch { throw .malformed }
    }

    /// Opens a saved object without its history, which may come by ``open(history:)``.
    /// - Throws: ``ObjectError`` when the bytes are damaged.
    public init(loading content: [UInt8]) throws(ObjectError) {
        try self.init(loading: content) { throw ObjectError.historyUnavailable("nobody gave it") }
    }

    // MARK: The history

    /// Whether the history is here. What is loaded and only read does without.
    public var hasHistory: Bool { sealed == nil }

    /// Fetches the history, if that has not been done.
    /// - Throws: ``ObjectError/historyUnavailable(_:)`` with the reason why it could not be had, or as
    ///   ``open(history:)``; the document is unchanged, and may be asked again.
    /// - Complexity: O(*n*) in the history and the content of maps and lists.
    public mutating func open() throws(ObjectError) {
        guard let sealed else { return }
        let bytes: [UInt8]
        do { bytes = try sealed.history() } catch {
            if case .historyUnavailable(let reason)? = error as? ObjectError {
                throw .historyUnavailable(reason)
            }
            throw .historyUnavailable(String(describing: error))
        }
        try open(history: bytes)
    }

    /// Takes in the history, if that has not been done.
    /// - Parameter bytes: what ``savedHistory()`` gave, of the same version.
    /// - Throws: ``ObjectError/historyOfAnotherVersion``; ``ObjectError/bytes(_:)`` with
    ///   ``ByteError/damaged``, or ``ObjectError/malformed`` when they are no history; the document is
    ///   unchanged.
    /// - Complexity: as ``open()``.
    public mutating func open(history bytes: [UInt8]) throws(ObjectError) {
        guard let sealed else { return }
        var document = self
        do { try document.readHistory(bytes, of: sealed) } catch ObjectError.historyOfAnotherVersion {
            throw .historyOfAnotherVersion
        } catch ByteError.damaged {
            throw .bytes(.damaged)
        } catch { throw .malformed }
        self = document
    }

    private func opened() throws(ObjectError) -> ObjectDocument {
        guard sealed != nil else { return self }
        var document = self
        try document.open()
        return document
    }

    /// Whether the history is saved by its own: where it is not small, by an estimate.
    private var isApart: Bool {
        guard sealed == nil else { return true }
        var byteCount = graph.runCount * 6
        for text in texts.values { byteCount += text.log.runs.count * 4 + text.log.insertedCount }
        for list in lists.values { byteCount += list.log.runs.count * 4 }
        return byteCount > Self.smallHistory
    }
}

/// What is known of the history of an object that was loaded, until something needs all of it.
struct SealedHistory: Sendable {
    var version: VersionVector
    var frontier: Frontier
    var history: @Sendable () throws -> [UInt8]
    /// Of the content, with which the history was saved.
    var content: Checksum?
    /// What marks show, by the indices of the texts; those without are not in it.
    var attributes: [Int: [TextAttribute]] = [:]
}
