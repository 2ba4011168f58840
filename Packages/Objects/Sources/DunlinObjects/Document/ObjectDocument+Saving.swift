import DunlinCausality
import DunlinEncoding
import DunlinListCRDT
import DunlinMapCRDT
import DunlinSequences
import DunlinTextCRDT

extension ObjectDocument {
    /// The whole document with its history, for this device's store; local versions are its own, so two
    /// devices may write different bytes for the same object.
    public func saved() -> [UInt8] {
        var writer = ByteWriter()
        writer.u8(3)
        writer.raw(id.bytes)
        writer.sized(graph.encoded())
        let replicas = graph.replicas
        writer.varint(UInt64(containers.count))
        for id in containers { write(id, replicas, &writer) }
        for (index, id) in containers.enumerated() {
            switch id.kind {
            case .map: writeMap(index, &writer)
            case .list: writeList(index, &writer)
            case .text: (texts[index] ?? TextContainer()).encode(into: &writer)
            case .counter: writer.zigzag(counters[index] ?? 0)
            }
        }
        writeMarks(&writer)
        return writer.bytes
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

    private func writeMap(_ index: Int, _ writer: inout ByteWriter) {
        let map = map(index) ?? MapContainer()
        writer.varint(UInt64(map.keys.count))
        for key in map.keys {
            writer.sized(key.bytes)
            let registers = map.conflicts(key)
            writer.varint(UInt64(registers.count))
            for register in registers {
                writer.varint(UInt64(register.version))
                write(register.value, &writer)
            }
        }
    }

    private func writeList(_ index: Int, _ writer: inout ByteWriter) {
        let list = lists[index] ?? ListContainer()
        list.log.write(&writer)
        writer.varint(UInt64(list.count))
        for element in list.elements { write(element, &writer) }
    }

    private func write(_ value: Value, _ writer: inout ByteWriter) {
        if case .container(let id) = value {
            writer.u8(8)
            writer.varint(UInt64(indices[id] ?? 0))
        } else {
            value.write(&writer)
        }
    }

    /// Reads ``saved()``.
    /// - Throws: ``ObjectError`` when the bytes are damaged.
    public init(loading bytes: [UInt8]) throws(ObjectError) {
        do {
            var reader = ByteReader(bytes)
            guard try reader.u8() == 3, let id = ObjectID(bytes: try reader.raw(count: 16)) else {
                throw ObjectError.malformed
            }
            self.init(id: id)
            graph = try CausalGraph(decoding: try reader.sized())
            let replicas = graph.replicas
            for index in 0..<(try reader.count()) {
                let (id, depth) = try readContainer(&reader, replicas)
                guard depth ?? 0 <= Self.depthLimit, self.index(of: id, depth: depth) == index,
                    depths[index] <= Self.depthLimit
                else { throw ObjectError.malformed }
            }
            for (index, id) in containers.enumerated() {
                switch id.kind {
                case .map:
                    let map = try readMap(&reader, in: index)
                    if index == 0 { rootMap = map } else { withNested { $0.maps[index] = map } }
                case .list:
                    let list = try readList(&reader, in: index)
                    withNested { $0.lists[index] = list }
                case .text:
                    let text = try TextContainer(decoding: &reader, eventCount: graph.count)
                    withNested { $0.texts[index] = text }
                case .counter:
                    let count = try reader.zigzag()
                    withNested { $0.counters[index] = count }
                }
            }
            if reader.remaining > 0 { try readMarks(&reader) }
            try reader.finish()
        } catch let error as ObjectError {
            throw error
        } catch let error as ByteError {
            throw .bytes(error)
        } catch let error as GraphError {
            throw .graph(error)
        } catch { throw .malformed }
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

    private func readMap(_ reader: inout ByteReader, in container: Int) throws -> MapContainer<Value> {
        var map = MapContainer<Value>()
        let count = try reader.count(bytesEach: 3)
        map.reserve(count)
        for _ in 0..<count {
            guard let key = UTF8String(validating: try reader.sized()) else { throw ObjectError.malformed }
            for _ in 0..<(try reader.count(bytesEach: 2)) {
                let version = try readVersion(&reader)
                map.restore(key, try readValue(&reader, in: container), version: version, graph: graph)
            }
        }
        return map
    }

    private func readList(_ reader: inout ByteReader, in container: Int) throws -> ListContainer<Value> {
        let log = try SequenceLog(reading: &reader, eventCount: graph.count, kinds: .list)
        var elements: [Value] = []
        for _ in 0..<(try reader.count()) { elements.append(try readValue(&reader, in: container)) }
        return ListContainer(log: log, elements: elements)
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
