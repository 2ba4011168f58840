import Dunlin
import DunlinEncoding
import DunlinObjects
import DunlinTextCRDT

extension CommandHost {
    func mark(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        let path = ObjectPath(try request.required("path")), key = try request.required("key")
        let position = try request.place("at"), count = try request.place("count")
        guard let expansion = Self.expansions[request.string("expand") ?? "after"] else {
            throw CommandFailure(.badValue, "A mark expands to one of none, before, after, both.")
        }
        let value = try request["value"].map { value in
            guard let attribute = CBORValue(attribute: value) else {
                throw CommandFailure(
                    .badValue,
                    "A mark says null, a boolean, an integer, a string, bytes, or a list or map of those.")
            }
            return attribute
        }
        let range = position..<position + count
        try await client.edit(id, in: space) { editor throws(ObjectError) in
            try editor.markText(range, UTF8String(key), value, expansion: expansion, in: path)
        }
        return try await runs(request)
    }

    func runs(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        let path = ObjectPath(try request.required("path"))
        let rows = try await client.value(id, in: space) { document -> [ObjectValue]? in
            guard let text = document.text(at: path) else { return nil }
            var document = document
            return document.attributedRuns(ofTextAt: path).map { run in
                .record([
                    "text": .plain(text.string(in: run.range)),
                    "attributes": .map(run.attributes.mapValues(ObjectValue.init(attribute:))),
                ])
            }
        }
        guard let rows else { throw CommandFailure(.unknownObject, "The object has no text at \(path).") }
        return .list(rows)
    }

    private static let expansions: [String: MarkExpansion] = [
        "none": .none, "before": .before, "after": .after, "both": .both,
    ]
}

extension CBORValue {
    /// What a mark says, from JSON; nil for what a mark cannot.
    init?(attribute value: ObjectValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .integer(let value): self = .integer(value)
        case .string(let value): self = .text(value)
        case .bytes(let value): self = .bytes(value)
        case .list(let items):
            let values = items.compactMap(CBORValue.init(attribute:))
            guard values.count == items.count else { return nil }
            self = .array(values)
        case .map(let fields):
            let pairs = fields.compactMap { key, value in
                CBORValue(attribute: value).map { CBORPair(.text(key), $0) }
            }
            guard pairs.count == fields.count else { return nil }
            self = .map(pairs)
        case .double, .reference, .text, .counter: return nil
        }
    }
}

extension ObjectValue {
    /// What a mark says, to be shown: numbers beyond 64 bits with a sign, and as keys, are strings.
    init(attribute value: CBORValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .unsigned(let value): self = Int64(exactly: value).map { .integer($0) } ?? .plain("\(value)")
        case .negative(let value):
            self = Int64(exactly: value).map { .integer(-1 - $0) } ?? .plain("-1-\(value)")
        case .text(let value): self = .string(value)
        case .bytes(let value): self = .bytes(value)
        case .array(let items): self = .list(items.map(ObjectValue.init(attribute:)))
        case .map(let pairs):
            var fields: [UTF8String: ObjectValue] = [:]
            for pair in pairs {
                switch pair.key {
                case .text(let key): fields[key] = ObjectValue(attribute: pair.value)
                case let key:
                    fields[UTF8String(ObjectValue(attribute: key).json)] = ObjectValue(attribute: pair.value)
                }
            }
            self = .map(fields)
        }
    }
}
