import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT

extension Change {
    /// The replicas that containers and anchors name, in the order of the table.
    var namedReplicas: [ReplicaID] {
        var replicas: Set<ReplicaID> = []
        for case .made(let event, _) in targets { replicas.insert(event.replica) }
        for case (_, .mark(let mark)) in operations {
            for case let replica? in [mark.start.replica, mark.end.replica] { replicas.insert(replica) }
        }
        return replicas.sorted()
    }

    /// For each mark a head, and what its anchors name.
    func writeAnchors(_ replicas: [ReplicaID], _ writer: inout ByteWriter) {
        var previous: UInt64 = 0
        // Made for the first anchor that needs it: most changes have none.
        var places: [ReplicaID: Int] = [:]
        for case (_, .mark(let mark)) in operations {
            writer.u8(mark.start.head | mark.end.head << 2)
            for anchor in [mark.start, mark.end] {
                guard let sequence = anchor.sequence else { continue }
                if anchor.replica != nil, places.isEmpty {
                    places = Dictionary(uniqueKeysWithValues: replicas.enumerated().map { ($1, 1 + $0) })
                }
                writer.varint(UInt64(anchor.replica.flatMap { places[$0] } ?? 0))
                // Both ends are mostly in one block, and its number need not be sent twice.
                writer.zigzag(Int64(bitPattern: sequence &- previous))
                previous = sequence
            }
        }
    }

    /// Gives the marks that were read their anchors.
    mutating func readAnchors(_ reader: inout ByteReader, _ replicas: [ReplicaID]) throws(ByteError) {
        var previous: UInt64 = 0
        for index in operations.indices {
            guard case .mark(var mark) = operations[index].operation else { continue }
            let at = reader.offset
            let head = try reader.u8()
            guard head < 16 else { throw .notCanonical(at: at) }
            mark.start = try Operation.Anchor(head & 3, &reader, replicas, &previous)
            mark.end = try Operation.Anchor(head >> 2, &reader, replicas, &previous)
            operations[index].operation = .mark(mark)
        }
    }
}

extension Operation.Mark {
    /// Reads the value; the anchors come in a column of their own.
    init(_ key: UTF8String, hasValue: Bool, _ reader: inout ByteReader) throws(ByteError) {
        self.init(start: .border(.after), end: .border(.before), key: key, value: nil)
        guard hasValue else { return }
        let at = reader.offset
        let bytes = try reader.sized()
        do { value = try CBORValue(decoding: bytes, limits: .userData) } catch {
            throw .notCanonical(at: at)
        }
    }
}

extension Operation.Anchor {
    /// Side + 2 if it names a scalar.
    fileprivate var head: UInt8 { side.rawValue | (sequence == nil ? 0 : 2) }

    fileprivate init(
        _ head: UInt8, _ reader: inout ByteReader, _ replicas: [ReplicaID], _ previous: inout UInt64
    ) throws(ByteError) {
        let side: TextAnchor.Side = head & 1 == 0 ? .before : .after
        guard head & 2 != 0 else {
            self = .border(side)
            return
        }
        let at = reader.offset
        let index = try reader.varint()
        guard index <= UInt64(replicas.count) else { throw .notCanonical(at: at) }
        let sequence = previous &+ UInt64(bitPattern: try reader.zigzag())
        previous = sequence
        self =
            index == 0
            ? .scalarOfWriter(sequence: sequence, side)
            : .scalar(EventID(replica: replicas[Int(index) - 1], sequence: sequence), side)
    }
}
