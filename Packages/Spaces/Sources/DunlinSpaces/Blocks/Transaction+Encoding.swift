import DunlinEncoding
import DunlinKeys
import DunlinObjects

/// Limits on one transaction (`Docs/Spec/Blocks.md`).
enum TransactionLimits {
    static let dependencies = 8_192
    /// References that a transaction with changes is given: they take 77 bytes each of 256 KiB.
    static let ownDependencies = 1_024
    static let controlHeads = 64
    static let changes = 65_536
}

extension Transaction {
    /// The deterministic CBOR of the transaction, before padding and encryption.
    public func encoded() -> [UInt8] {
        CBORValue.fields([
            (1, dependencies.isEmpty ? nil : .array(dependencies.map(\.encodedValue))),
            (2, controlHeads.map { .array($0.map { .bytes($0.bytes) }) }),
            (3, .unsigned(wallClock)),
            (4, .array(changes.map { .array([.bytes($0.object.bytes), .bytes($0.change)]) })),
            (5, continues ? .bool(true) : nil),
        ]).encoded()
    }

    /// Reads a transaction; what is accepted encodes to the same bytes.
    /// - Throws: ``BlockError/malformed(_:)`` when the bytes are not a transaction,
    ///   ``BlockError/unsorted`` when dependencies or heads are out of order.
    public init(decoding bytes: [UInt8]) throws(BlockError) {
        do throws(CBORError) {
            var fields = try CBORFields(CBORValue(decoding: bytes, limits: .protocolMessage))
            let references = try fields.optionalArray(1, atMost: TransactionLimits.dependencies) ?? []
            dependencies = try references.map(BlockReference.init)
            controlHeads = try fields.optionalArray(2, atMost: TransactionLimits.controlHeads)?.map(
                Digest.init)
            wallClock = try fields.unsigned(3)
            changes = try fields.array(4, atMost: TransactionLimits.changes)
                .map(ObjectChange.init)
            let flag = try fields.optionalBool(5)
            guard flag != false else { throw CBORError.notCanonical }
            continues = flag ?? false
            try fields.finish()
        } catch { throw .malformed(error) }
        // An absent list and an empty one would be two encodings of the same transaction.
        guard isStrictlyAscending(dependencies.map(\.feed)), isStrictlyAscending(controlHeads ?? []),
            !bytes.isEmpty, encoded() == bytes
        else { throw .unsorted }
    }
}

extension BlockReference {
    var encodedValue: CBORValue { .array([feed.encodedValue, .unsigned(length), treeHash.encodedValue]) }

    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 3)
        feed = try PublicSigningKey(parts[0])
        length = try parts[1].asUnsigned()
        treeHash = try Digest(parts[2])
        guard (1..<1 << 32).contains(length) else { throw .notCanonical }
    }
}

extension ObjectChange {
    init(_ value: CBORValue) throws(CBORError) {
        let parts = try value.asArray(count: 2)
        let bytes = try parts[0].asBytes(count: 16)
        guard let id = ObjectID(bytes: bytes) else { throw .wrongLength(expected: 16, found: bytes.count) }
        object = id
        change = try parts[1].asBytes()
    }
}

private func isStrictlyAscending<T: Comparable>(_ items: [T]) -> Bool {
    zip(items, items.dropFirst()).allSatisfy { $0 < $1 }
}
