import DunlinCausality
import DunlinCompression
import DunlinEncoding

enum EncodingTargets {
    static func cbor(_ input: [UInt8]) {
        for limits in [CBORLimits.protocolMessage, .userData] {
            guard let value = try? CBORValue(decoding: input, limits: limits) else { continue }
            precondition(value.encoded() == input, "accepted bytes are not the canonical ones")
        }
    }

    static func compressed(_ input: [UInt8]) {
        let limit = 1 << 16
        for prefix in [[], compressedPrefix] {
            guard let content = try? Envelope.open(input, atMost: limit, prefix: prefix) else { continue }
            precondition(content.count <= limit, "more came out than was admitted")
            let envelope = Envelope.seal(content, prefix: prefix)
            precondition(
                (try? Envelope.open(envelope, atMost: content.count, prefix: prefix)) == content,
                "what was sealed does not come out")
        }
    }

    static func graph(_ input: [UInt8]) {
        guard let graph = try? CausalGraph(decoding: input) else { return }
        precondition(
            (try? CausalGraph(decoding: graph.encoded())) != nil, "a graph does not read what it wrote")
        precondition(graph.dominators(of: graph.frontier) == graph.frontier, "a frontier is not maximal")
        _ = graph.frontier(of: graph.versionVector)
    }

    static func versions(_ input: [UInt8]) {
        guard let versions = try? VersionVector(decoding: input) else { return }
        var sum = versions
        sum.merge(versions)
        precondition(sum == versions, "merging with itself changes a vector")
    }

    static func bases(_ input: [UInt8]) {
        let text = String(decoding: input, as: UTF8.self)
        if let bytes = try? Hex.decode(text) { precondition(Hex.encode(bytes) == text.lowercased()) }
        if let bytes = try? Base32.decode(text) {
            precondition((try? Base32.decode(Base32.encode(bytes))) == bytes)
        }
        if let bytes = try? Base45.decode(text) {
            precondition((try? Base45.decode(Base45.encode(bytes))) == bytes)
        }
        if text.utf8.count < 1_000, let bytes = try? Base58.decode(text) {
            precondition((try? Base58.decode(Base58.encode(bytes))) == bytes)
        }
    }

    static var cborSeeds: [[UInt8]] {
        [
            CBORValue.fields([(1, .unsigned(7)), (2, .bytes([1, 2, 3])), (30, .text("é"))]).encoded(),
            CBORValue.array([.null, .bool(true), .integer(-1), .array([.array([])])]).encoded(),
            [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0x9f, 0xff],
            [0xfb] + [UInt8](repeating: 0x7f, count: 8),
        ]
    }

    private static let compressedPrefix = Array("{\"kind\":\"note\",\"title\":\"Waders\",\"text\":\"\"}".utf8)

    static var compressedSeeds: [[UInt8]] {
        let text = Array(String(repeating: "{\"kind\":\"note\",\"title\":\"Flocks\"}", count: 40).utf8)
        let words = Array("the flock of waders that flies over the flats at the turn of the tide".utf8)
        return [
            Envelope.seal([]), Envelope.seal([1, 2, 3]), Envelope.seal(text), Envelope.seal(words + text),
            Envelope.seal(text, level: 19), Envelope.seal(text, prefix: compressedPrefix),
            Envelope.seal([UInt8](repeating: 0, count: 1 << 16)),
        ]
    }

    private static func replica(_ number: UInt8) -> ReplicaID {
        ReplicaID(raw: Bytes32([UInt8](repeating: number, count: 32)) ?? Bytes32())
    }

    static var graphSeeds: [[UInt8]] {
        var graph = CausalGraph()
        let a = made { try graph.append(replica: replica(1), sequence: 0, count: 5, parents: []) }
        let b = made { try graph.append(replica: replica(2), sequence: 0, count: 3, parents: graph.frontier) }
        _ = made { try graph.append(replica: replica(3), sequence: 7, count: 2, parents: [a.lowerBound]) }
        _ = made { try graph.append(replica: replica(1), sequence: 9, count: 1, parents: [b.upperBound - 1]) }
        return [CausalGraph().encoded(), graph.encoded()]
    }

    static var versionSeeds: [[UInt8]] {
        var graph = CausalGraph()
        _ = made { try graph.append(replica: replica(1), sequence: 0, count: 5, parents: []) }
        _ = made { try graph.append(replica: replica(2), sequence: 4, count: 5, parents: graph.frontier) }
        return [VersionVector().encoded(), graph.versionVector.encoded()]
    }

    static var baseSeeds: [[UInt8]] {
        [
            Base32.encode([1, 2, 3, 4, 5]), Base45.encode([9, 8, 7]), Base58.encode([0, 0, 1, 2]),
            Hex.encode([10, 255]),
        ]
        .map { Array($0.utf8) }
    }
}
