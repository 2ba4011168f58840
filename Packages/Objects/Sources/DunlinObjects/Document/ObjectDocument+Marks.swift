import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT

extension ObjectDocument {
    /// The text at a path in runs of equal attributes; empty when there is no text.
    ///
    /// The first call replays the text's history into an index that the object keeps from then on.
    /// - Complexity: O(*m* log *m*) in the marks ever made there, and the attributes of all runs.
    public mutating func attributedRuns(ofTextAt path: ObjectPath) -> [AttributedRun] {
        guard let index = container(at: path), containers[index].kind == .text else { return [] }
        if let sealed {
            let count = texts[index]?.count ?? 0
            return AttributedRun.runs(of: sealed.attributes[index] ?? [], count: count)
        }
        let graph = graph
        return withNested { $0.texts[index]?.attributedRuns(graph: graph) ?? [] }
    }

    /// Whether anybody ever marked something, as far as that is known without the history.
    var hasMarks: Bool { texts.values.contains(where: \.hasMarks) || sealed?.attributes.isEmpty == false }

    /// The ends of a mark over a range of scalars, which lie in the text.
    /// - Throws: as ``open()``: who inserted the scalars is known from the history.
    mutating func anchors(
        around range: Range<Int>, ofText index: Int, _ expansion: MarkExpansion, writer: ReplicaID
    ) throws(ObjectError) -> (start: Operation.Anchor, end: Operation.Anchor) {
        try open()
        let graph = graph
        let ends = withNested {
            $0.texts[index]?.anchors(around: range, expansion: expansion, graph: graph)
        }
        return (
            Operation.Anchor(ends?.start ?? .start, writer: writer),
            Operation.Anchor(ends?.end ?? .end, writer: writer)
        )
    }

    /// What marks of a text show.
    /// - Complexity: as ``attributedRuns(ofTextAt:)``; O(*n* log *n*) in the text's history when nothing was
    ///   done since all of it was loaded.
    func attributes(ofText index: Int) -> [TextAttribute] {
        if let sealed { return sealed.attributes[index] ?? [] }
        guard var text = texts[index], text.hasMarks else { return [] }
        return text.attributes(graph: graph)
    }

    /// What marks show at a path and below, by the paths of the texts; those without are not in it.
    func attributes(below path: ObjectPath) -> [ObjectPath: [TextAttribute]] {
        guard hasMarks, let start = container(at: path) else { return [:] }
        var result: [ObjectPath: [TextAttribute]] = [:]
        for (index, path) in paths(from: start, at: path) where containers[index].kind == .text {
            let attributes = attributes(ofText: index)
            if !attributes.isEmpty { result[path] = attributes }
        }
        return result
    }

    /// What marks show, by the indices of the texts; those without are not in it.
    func attributesByText() -> [Int: [TextAttribute]] {
        if let sealed { return sealed.attributes }
        return Dictionary(uniqueKeysWithValues: texts.keys.map { ($0, attributes(ofText: $0)) })
            .filter { !$0.value.isEmpty }
    }

    /// What stands behind a text in the canonical state: nothing where no mark shows.
    func canonicalAttributes(ofText index: Int) -> [CBORValue] {
        attributes(ofText: index).map(\.canonicalState)
    }

    // MARK: Saving

    /// The marks of all texts, of which there are some.
    func writeMarks(_ writer: inout ByteWriter) {
        let replicas = Set(texts.values.flatMap(\.markReplicas)).sorted()
        writer.varint(UInt64(replicas.count))
        for replica in replicas { writer.raw(replica.bytes) }
        let places = Dictionary(uniqueKeysWithValues: replicas.enumerated().map { ($1, $0) })
        for (index, id) in containers.enumerated() where id.kind == .text {
            texts[index]?.writeMarks(&writer, places: places)
        }
    }

    /// Reads what ``writeMarks(_:)`` wrote.
    mutating func readMarks(_ reader: inout ByteReader) throws {
        var replicas: [ReplicaID] = []
        for _ in 0..<(try reader.count(bytesEach: 32)) {
            guard let replica = ReplicaID(bytes: try reader.raw(count: 32)) else {
                throw ObjectError.malformed
            }
            replicas.append(replica)
        }
        for (index, id) in containers.enumerated() where id.kind == .text {
            var text = texts[index] ?? TextContainer()
            try text.readMarks(&reader, replicas: replicas, eventCount: graph.count)
            withNested { $0.texts[index] = text }
        }
    }

    /// What marks show, for those who read without the marks.
    static func writeAttributes(_ shown: [Int: [TextAttribute]], _ writer: inout ByteWriter) {
        writer.varint(UInt64(shown.count))
        for (index, attributes) in shown.sorted(by: { $0.key < $1.key }) {
            writer.varint(UInt64(index))
            TextAttribute.write(attributes, &writer)
        }
    }

    /// Reads what ``writeAttributes(_:_:)`` wrote.
    func readAttributes(_ reader: inout ByteReader) throws -> [Int: [TextAttribute]] {
        var shown: [Int: [TextAttribute]] = [:]
        for _ in 0..<(try reader.count(bytesEach: 2)) {
            guard let index = Int(exactly: try reader.varint()), shown[index] == nil,
                let count = texts[index]?.count
            else { throw ObjectError.malformed }
            let attributes = try TextAttribute.read(&reader)
            guard attributes.allSatisfy({ $0.ranges.last?.upperBound ?? 0 <= count }) else {
                throw ObjectError.malformed
            }
            shown[index] = attributes
        }
        return shown
    }
}
