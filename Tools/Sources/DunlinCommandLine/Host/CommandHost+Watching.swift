import Dunlin
import DunlinObjects
import DunlinTextCRDT

extension CommandHost {
    func move(_ request: ObjectValue) async throws -> ObjectValue {
        let space = try await space(request), id = try objectID(request)
        let path = ObjectPath(try request.required("path"))
        // Who leaves one out does not mean the beginning.
        let position = try request.place("from", unsaid: -1)
        let destination = try request.place("to", unsaid: -1)
        try await client.edit(id, in: space) { editor throws(ObjectError) in
            try editor.move(from: position, to: destination, inList: path)
        }
        return try await client.value(id, in: space) { $0.value(at: path) } ?? .null
    }

    func watch(_ request: ObjectValue, _ emit: @escaping Emit) async throws -> ObjectValue {
        let space = try await space(request)
        var left = request.integer("count") ?? .max
        guard request.string("object") == nil else {
            let id = try objectID(request), path = ObjectPath(request.string("path") ?? "")
            // What stands there now is no change yet.
            left = left == .max ? left : left + 1
            for try await change in await client.changes(of: id, at: path, in: space) {
                emit(.record(Self.report(change, of: id)))
                left -= 1
                if left <= 0 { return .null }
            }
            return .null
        }
        guard request.string("path") == nil else {
            throw CommandFailure(.usage, "A path is in an object: name its id, too.")
        }
        for await event in await client.events() {
            guard case .objectsChanged(space, let ids) = event else { continue }
            for id in ids.sorted() {
                let value = (try? await client.object(id, in: space)) ?? .null
                emit(.record(["event": .plain("changed"), "id": .plain(id.description), "value": value]))
                left -= 1
                if left <= 0 { return .null }
            }
        }
        return .null
    }

    private static func report(_ change: WatchedChange, of id: ObjectID) -> [String: ObjectValue] {
        let differences = change.differences.map { difference in
            var fields: [String: ObjectValue] = [
                "path": .plain(difference.path.description), "old": difference.old ?? .null,
                "new": difference.new ?? .null,
            ]
            if difference.oldAttributes != difference.newAttributes {
                fields["oldAttributes"] = shown(difference.oldAttributes)
                fields["newAttributes"] = shown(difference.newAttributes)
            }
            return ObjectValue.record(fields)
        }
        return [
            "event": .plain("changed"), "id": .plain(id.description), "value": change.value ?? .null,
            "differences": .list(differences),
        ]
    }

    /// What marks show: each key and value with its ranges of scalars.
    private static func shown(_ attributes: [TextAttribute]) -> ObjectValue {
        .list(
            attributes.map { attribute in
                .record([
                    "key": .plain(attribute.key.string), "value": ObjectValue(attribute: attribute.value),
                    "ranges": .list(
                        attribute.ranges.map { range in
                            .list([.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))])
                        }),
                ])
            })
    }
}
