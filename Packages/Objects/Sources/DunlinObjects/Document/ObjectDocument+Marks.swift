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
        let graph = graph
        return withNested { $0.texts[index]?.attributedRuns(graph: graph) ?? [] }
    }

    /// The ends of a mark over a range of scalars, which lie in the text.
    mutating func anchors(
        around range: Range<Int>, ofText index: Int, _ expansion: MarkExpansion, writer: ReplicaID
    ) -> (start: Operation.Anchor, end: Operation.Anchor) {
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
    /// - Complexity: O(*n* log *n*) in the text's history when nobody has asked before and there are marks.
    func attributes(ofText index: Int) -> [TextAttribute] {
        guard var text = texts[index], text.hasMarks else { return [] }
        return text.attributes(graph: graph)
    }

    /// What marks show, by the paths of the texts; those without are not in it.
    func attributes() -> [ObjectPath: [TextAttribute]] {
        guard texts.values.contains(where: \.hasMarks) else { return [:] }
        var result: [ObjectPath: [TextAttribute]] = [:]
        for (index, path) in paths() where containers[index].kind == .text {
            let attributes = attributes(ofText: index)
            if !attributes.isEmpty { result[path] = attributes }
        }
        return result
    }

    /// What stands behind a text in the canonical state: nothing where no mark shows.
    func canonicalAttributes(ofText index: Int) -> [CBORValue] {
        attributes(ofText: index).map { attribute in
            let places = attribute.ranges.flatMap { [$0.lowerBound, $0.upperBound] }
            return .array(
                [.text(attribute.key), attribute.value] + places.map { .unsigned(UInt64($0)) })
        }
    }

    // MARK: Saving

    /// The marks of all texts; nothing when there are none, so that most objects need no room for them.
    func writeMarks(_ writer: inout ByteWriter) {
        guard texts.values.contains(where: \.hasMarks) else { return }
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
}
