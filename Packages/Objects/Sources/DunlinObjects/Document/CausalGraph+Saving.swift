import DunlinCausality
import DunlinEncoding

extension CausalGraph {
    /// The graph with its local versions; behind a horizon as that and a batch of what follows.
    func saved() -> [UInt8] {
        guard horizon != nil else { return encoded() }
        var writer = ByteWriter()
        writeHorizon(&writer)
        let events = survivorCount..<count
        EventBatch(of: self, in: events.isEmpty ? [] : [events]).write(&writer)
        return writer.bytes
    }

    /// Reads ``saved()``.
    init(loading bytes: [UInt8]) throws {
        var reader = ByteReader(bytes)
        var graph = try CausalGraph(readingHorizon: &reader)
        guard reader.offset > 0 else {
            self = try CausalGraph(decoding: bytes)
            return
        }
        let batch = try EventBatch(reading: &reader)
        try reader.finish()
        var admission = try BatchAdmission(of: batch, into: graph)
        while try admission.next(&graph) != nil {}
        self = graph
    }
}
