/// Why a causal graph refused an event.
public enum GraphError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A parent that is not in the graph. Add it first.
    case unknownParent(LocalVersion)
    /// Events rest on this one, which is not in the graph. Fetch what comes before them first.
    case missingParent(EventID)
    /// Events rest on a part of what the graph has forgotten, and could be concurrent with the rest of it.
    case forgotten
    /// A version cannot be forgotten: some event has not seen all of it.
    case notSettled
    /// The replica's numbers must grow; this one, or a later one, is in the graph already.
    case sequenceNotGrowing(EventID, next: UInt64)
    case emptySpan
    /// More events than a graph, or the writer of these, can number. Write as another replica.
    case full
    /// The bytes are not an encoded graph.
    case malformed

    /// One sentence: what does not fit and what to do.
    public var description: String {
        switch self {
        case .unknownParent(let version): "The parent \(version) is not in the graph; add it first."
        case .missingParent(let event):
            "Event \(event.sequence) of \(event.replica) is not in the graph; fetch it first."
        case .forgotten: "The events are older than the graph's horizon; take a whole copy instead."
        case .notSettled:
            "Some events have not seen all of the version; forget an older one, or wait until they have."
        case .sequenceNotGrowing(let event, let next):
            "Event \(event.sequence) of \(event.replica) is no new one; numbers go on at \(next)."
        case .full: "There are no numbers left for so many events; write as another replica."
        case .emptySpan: "A span of no events was added; leave it out."
        case .malformed: "The bytes are not a causal graph; fetch them again."
        }
    }
}
