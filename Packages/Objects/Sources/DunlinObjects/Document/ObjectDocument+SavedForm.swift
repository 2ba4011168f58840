import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinMapCRDT
import DunlinSequences
import DunlinTextCRDT

/// The bytes of a saved object (`Docs/Spec/Changes.md`, "A saved object").
extension ObjectDocument {
    // MARK: Writing

    func encoded(_ form: SavedForm) -> [UInt8] {
        let shown = form == .content ? attributesByText() : [:]
        var writer = ByteWriter()
        let isMarked = form == .content ? !shown.isEmpty : hasMarks
        writer.u8(form.rawValue | (isMarked ? SavedForm.marked : 0))
        writer.raw(id.bytes)
        let version = versionVector
        if form == .whole {
            writer.sized(graph.saved())
        } else {
            writer.sized(version.encoded())
            writer.varint(UInt64(frontier.count))
            for event in frontier { writer.varint(UInt64(event)) }
        }
        let replicas = version.entries.map(\.replica)
        writer.varint(UInt64(containers.count))
        for id in containers { write(id, replicas, &writer) }
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map: writeMap(index, form, &writer)
            case .list:
                let list = lists[index] ?? ListContainer()
                if form == .whole { list.log.write(&writer) }
                writer.varint(UInt64(list.count))
                for element in list.elements { write(element, &writer) }
            case .text:
                let text = texts[index] ?? TextContainer()
                text.writeContent(&writer)
                if form == .whole { text.writeHistory(&writer) }
            case .counter: writer.zigzag(counters[index] ?? 0)
            }
        }
        if form == .whole, hasMarks { writeMarks(&writer) }
        if !shown.isEmpty { Self.writeAttributes(shown, &writer) }
        writer.endWithChecksum()
        return writer.bytes
    }

    /// What ``encoded(_:)`` leaves out of a content, in the same order.
    func encodedHistory() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(SavedForm.history.rawValue | (hasMarks ? SavedForm.marked : 0))
        writer.raw(id.bytes)
        writer.sized(graph.saved())
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map:
                let map = map(index) ?? MapContainer()
                for key in map.keys {
                    for register in map.conflicts(key) { writer.varint(UInt64(register.version)) }
                }
            case .list: (lists[index]?.log ?? SequenceLog()).write(&writer)
            case .text: (texts[index] ?? TextContainer()).writeHistory(&writer)
            case .counter: break
            }
        }
        if hasMarks { writeMarks(&writer) }
        return SavedHistory(writer.bytes, of: encoded(.content)).encoded()
    }

    private func write(_ id: ContainerID, _ replicas: [ReplicaID], _ writer: inout ByteWriter) {
        switch id {
        case .root: writer.u8(0)
        case .ensured(let parent, let key, let kind):
            writer.u8(1)
            writer.varint(UInt64(indices[parent] ?? 0))
            writer.sized(key.bytes)
            writer.u8(kind.rawValue)
        case .made(let event, let kind):
            writer.u8(2)
            writer.varint(UInt64(depth(of: id) ?? 0))
            writer.varint(UInt64(replicas.firstIndex(of: event.replica) ?? 0))
            writer.varint(event.sequence)
            writer.u8(kind.rawValue)
        }
    }

    private func writeMap(_ index: Int, _ form: SavedForm, _ writer: inout ByteWriter) {
        let map = map(index) ?? MapContainer()
        writer.varint(UInt64(map.keys.count))
        for key in map.keys {
            writer.sized(key.bytes)
            let registers = map.conflicts(key)
            writer.varint(UInt64(registers.count))
            for register in registers {
                if form == .whole { writer.varint(UInt64(register.version)) }
                write(register.value, &writer)
            }
        }
    }

    private func write(_ value: Value, _ writer: inout ByteWriter) {
        if case .container(let id) = value {
            writer.u8(8)
            writer.varint(UInt64(indices[id] ?? 0))
        } else {
            value.write(&writer)
        }
    }

    // MARK: Reading

    /// Reads what follows the id, into a document of nothing else.
    mutating func read(
        _ form: SavedForm, isMarked: Bool, _ reader: inout ByteReader,
        history: @escaping @Sendable () throws -> [UInt8]
    ) throws {
        let replicas: [ReplicaID]
        if form == .whole {
            graph = try CausalGraph(loading: try reader.sized())
            replicas = graph.replicas
        } else {
            let version = try VersionVector(decoding: try reader.sized())
            var frontier: Frontier = []
            for _ in 0..<(try reader.count()) {
                guard let event = Int(exactly: try reader.varint()), event > frontier.last ?? -1 else {
                    throw ObjectError.malformed
                }
                frontier.append(event)
            }
            replicas = version.entries.map(\.replica)
            withNested { $0.sealed = SealedHistory(version: version, frontier: frontier, history: history) }
        }
        for index in 0..<(try reader.count()) {
            let (id, depth) = try readContainer(&reader, replicas)
            guard depth ?? 0 <= Self.depthLimit, self.index(of: id, depth: depth) == index,
                depths[index] <= Self.depthLimit
            else { throw ObjectError.malformed }
        }
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map:
                let map = try readMap(&reader, form, in: index)
                if index == 0 { rootMap = map } else { withNested { $0.maps[index] = map } }
            case .list:
                let log =
                    form == .whole
                    ? try SequenceLog(reading: &reader, eventCount: graph.count, kinds: .list)
                    : SequenceLog()
                var elements: [Value] = []
                for _ in 0..<(try reader.count()) { elements.append(try readValue(&reader, in: index)) }
                withNested { $0.lists[index] = ListContainer(log: log, elements: elements) }
            case .text:
                var text = try TextContainer(readingContent: &reader)
                if form == .whole { try text.readHistory(&reader, eventCount: graph.count) }
                withNested { $0.texts[index] = text }
            case .counter:
                let count = try reader.zigzag()
                withNested { $0.counters[index] = count }
            }
        }
        if isMarked, form == .whole { try readMarks(&reader) }
        if isMarked, form == .content {
            let shown = try readAttributes(&reader)
            withNested { $0.sealed?.attributes = shown }
        }
        try reader.finish()
    }

    /// Reads ``encodedHistory()``.
    mutating func readHistory(_ bytes: [UInt8], of sealed: SealedHistory) throws {
        let saved = try SavedHistory(decoding: bytes)
        var reader = ByteReader(saved.history)
        let head = try reader.u8()
        guard head & ~SavedForm.marked == SavedForm.history.rawValue else { throw ObjectError.malformed }
        let isOfThis = try reader.raw(count: 16) == id.bytes
        graph = try CausalGraph(loading: try reader.sized())
        guard isOfThis, graph.versionVector == sealed.version, graph.frontier == sealed.frontier,
            saved.content == sealed.content
        else {
            throw ObjectError.historyOfAnotherVersion
        }
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map:
                let map = try readVersions(&reader, of: map(index) ?? MapContainer())
                if index == 0 { rootMap = map } else { withNested { $0.maps[index] = map } }
            case .list:
                let log = try SequenceLog(reading: &reader, eventCount: graph.count, kinds: .list)
                let elements = lists[index]?.elements ?? []
                withNested { $0.lists[index] = ListContainer(log: log, elements: elements) }
            case .text:
                var text = texts[index] ?? TextContainer()
                try text.readHistory(&reader, eventCount: graph.count)
                withNested { $0.texts[index] = text }
            case .counter: break
            }
        }
        if head & SavedForm.marked != 0 { try readMarks(&reader) }
        try reader.finish()
        withNested { $0.sealed = nil }
    }

    /// A container and, for one that was made by an event, how deep that was.
    private func readContainer(
        _ reader: inout ByteReader, _ replicas: [ReplicaID]
    ) throws -> (ContainerID, depth: Int?) {
        switch try reader.u8() {
        case 0: return (.root, nil)
        case 1:
            let parent = try reader.varint()
            guard parent < UInt64(containers.count), depths[Int(parent)] < Self.depthLimit,
                let key = UTF8String(validating: try reader.sized()),
                let kind = ContainerKind(rawValue: try reader.u8())
            else { throw ObjectError.malformed }
            return (.ensured(parent: containers[Int(parent)], key: key, kind: kind), nil)
        case 2:
            let depth = try reader.varint()
            guard (1...UInt64(Self.depthLimit)).contains(depth) else { throw ObjectError.malformed }
            let replica = try reader.varint(), sequence = try reader.varint()
            guard replica < UInt64(replicas.count), let kind = ContainerKind(rawValue: try reader.u8()) else {
                throw ObjectError.malformed
            }
            return (.made(EventID(replica: replicas[Int(replica)], sequence: sequence), kind), Int(depth))
        default: throw ObjectError.malformed
        }
    }

    private func readMap(
        _ reader: inout ByteReader, _ form: SavedForm, in container: Int
    ) throws -> MapContainer<Value> {
        var map = MapContainer<Value>()
        let count = try reader.count(bytesEach: 3)
        map.reserve(count)
        for _ in 0..<count {
            guard let key = UTF8String(validating: try reader.sized()) else { throw ObjectError.malformed }
            for _ in 0..<(try reader.count(bytesEach: form == .whole ? 2 : 1)) {
                let version = form == .whole ? try readVersion(&reader) : 0
                map.restore(key, try readValue(&reader, in: container), version: version, graph: graph)
            }
        }
        return map
    }

    /// The map with the events that wrote its values.
    private func readVersions(
        _ reader: inout ByteReader, of shown: MapContainer<Value>
    ) throws -> MapContainer<Value> {
        var map = MapContainer<Value>()
        let keys = shown.keys
        map.reserve(keys.count)
        for key in keys {
            for register in shown.conflicts(key) {
                map.restore(key, register.value, version: try readVersion(&reader), graph: graph)
            }
        }
        return map
    }

    private func readVersion(_ reader: inout ByteReader) throws -> LocalVersion {
        let version = try reader.varint()
        guard version < UInt64(graph.count) else { throw ObjectError.malformed }
        return Int(version)
    }

    private func readValue(_ reader: inout ByteReader, in container: Int) throws -> Value {
        let kind = try reader.u8()
        guard kind == 8 else { return try Value(kind: kind, &reader) }
        let index = try reader.varint()
        // One level below where it stands: so no container can hold itself.
        guard index < UInt64(containers.count), depths[Int(index)] == depths[container] + 1 else {
            throw ObjectError.malformed
        }
        return .container(containers[Int(index)])
    }
}
