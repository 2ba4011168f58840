import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import DunlinObjects
import DunlinSpaces

extension SpaceBatch {
    /// The batch as one record of a virtual disk.
    func encoded() -> [UInt8] {
        CBORValue.array([
            .array(feeds.map(\.encodedValue)), .array(objects.map(\.encodedValue)),
            .array(
                metadata.sorted { $0.key < $1.key }.map { key, value in
                    .array([.text(UTF8String(key)), value.map { .bytes($0) } ?? .null])
                }),
        ]).encoded()
    }

    init(decoding bytes: [UInt8]) throws(CBORError) {
        self.init()
        let parts = try CBORValue(decoding: bytes, limits: .userData).asArray(count: 3)
        for item in try parts[0].asArray() { feeds.append(try FeedWrite(item)) }
        for item in try parts[1].asArray() { objects.append(try ObjectRow(item)) }
        for item in try parts[2].asArray() {
            let pair = try item.asArray(count: 2)
            let value = pair[1] == .null ? nil : try pair[1].asBytes()
            metadata[try pair[0].asText().string] = .some(value)
        }
    }
}

extension FeedWrite {
    fileprivate var encodedValue: CBORValue {
        .array([
            .bytes(descriptor.encoded()), .unsigned(start), .array(blocks.map { .bytes($0) }),
            .array(
                nodes.map { .array([.unsigned($0.index), .unsigned($0.byteCount), $0.hash.encodedValue]) }),
            head.encodedValue,
        ])
    }

    fileprivate init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 5)
        var blocks: [[UInt8]] = [], nodes: [TreeNode] = []
        for block in try parts[2].asArray() { blocks.append(try block.asBytes()) }
        for item in try parts[3].asArray() {
            let node = try item.asArray(count: 3)
            nodes.append(
                TreeNode(
                    index: try node[0].asUnsigned(), byteCount: try node[1].asUnsigned(),
                    hash: try Digest(node[2])))
        }
        self.init(
            descriptor: try FeedDescriptor(decoding: parts[0].asBytes()), start: try parts[1].asUnsigned(),
            blocks: blocks, nodes: nodes, head: try SignedHead(parts[4]))
    }
}

extension ObjectRow {
    fileprivate var encodedValue: CBORValue {
        .array([
            .bytes(id.bytes), type.map { .text($0) } ?? .null, .bool(isDeleted), .bytes(Array(json.utf8)),
            .bytes(state), .bytes(history),
        ])
    }

    fileprivate init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 6)
        guard let id = ObjectID(bytes: try parts[0].asBytes()) else { throw .notCanonical }
        self.init(
            id: id, type: parts[1] == .null ? nil : try parts[1].asText(), isDeleted: try parts[2].asBool(),
            json: String(decoding: try parts[3].asBytes(), as: UTF8.self), state: try parts[4].asBytes(),
            history: try parts[5].asBytes())
    }
}
