import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT

extension Operation {
    /// That the text between two places has, for a key, a value, or none.
    public struct Mark: Hashable, Sendable {
        /// Where the marked text begins.
        public var start: Anchor
        /// Where it ends.
        public var end: Anchor
        /// What the mark is of; at most 65,536 bytes.
        public var key: UTF8String
        /// Nil takes the attribute away.
        public var value: CBORValue?

        /// A mark as it is sent.
        public init(start: Anchor, end: Anchor, key: UTF8String, value: CBORValue?) {
            self.start = start
            self.end = end
            self.key = key
            self.value = value
        }

        /// The mark as a text keeps it.
        func placed(at version: LocalVersion, writer: ReplicaID) -> TextMark {
            TextMark(
                version: version, start: start.resolved(writer: writer), end: end.resolved(writer: writer),
                key: key, value: value)
        }
    }

    /// A place in a text as a change names it.
    public enum Anchor: Hashable, Sendable {
        /// The beginning (side `after`) or the end (side `before`) of the text.
        case border(TextAnchor.Side)
        /// A side of the scalar that an event of the change's own writer inserted.
        case scalarOfWriter(sequence: UInt64, TextAnchor.Side)
        case scalar(EventID, TextAnchor.Side)

        /// What a change of `writer` calls an anchor.
        init(_ anchor: TextAnchor, writer: ReplicaID) {
            guard let event = anchor.event else {
                self = .border(anchor.side)
                return
            }
            self =
                event.replica == writer
                ? .scalarOfWriter(sequence: event.sequence, anchor.side) : .scalar(event, anchor.side)
        }

        func resolved(writer: ReplicaID) -> TextAnchor {
            switch self {
            case .border(let side): TextAnchor(event: nil, side: side)
            case .scalarOfWriter(let sequence, let side):
                TextAnchor(event: EventID(replica: writer, sequence: sequence), side: side)
            case .scalar(let event, let side): TextAnchor(event: event, side: side)
            }
        }

        var side: TextAnchor.Side {
            switch self {
            case .border(let side), .scalarOfWriter(_, let side), .scalar(_, let side): side
            }
        }

        /// Number of the event that inserted the scalar; nil for a border.
        var sequence: UInt64? {
            switch self {
            case .border: nil
            case .scalarOfWriter(let sequence, _): sequence
            case .scalar(let event, _): event.sequence
            }
        }

        /// Who inserted the scalar, if it was another than the change's own writer.
        var replica: ReplicaID? {
            guard case .scalar(let event, _) = self else { return nil }
            return event.replica
        }
    }
}
