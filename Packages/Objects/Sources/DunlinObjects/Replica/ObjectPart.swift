import DunlinTextCRDT

/// What stood at a path of an object at one moment, with what marks showed there, to be compared with what
/// stands there later.
public struct ObjectPart: Sendable {
    /// Where it stood.
    public let path: ObjectPath
    /// What stood there; nil when nothing did. At the root all but the reserved fields.
    public let value: ObjectValue?
    let attributes: [ObjectPath: [TextAttribute]]

    /// Where nothing stands.
    public init(missingAt path: ObjectPath) {
        self.path = path
        value = nil
        attributes = [:]
    }

    init(_ document: ObjectDocument, at path: ObjectPath) {
        self.path = path
        value = path.steps.isEmpty ? document.root() : document.value(at: path)
        attributes = document.attributes(below: path)
    }

    /// What has changed since an earlier moment at the same path, by the bytes of the keys.
    /// - Complexity: O(*n* log *n*) in what both hold.
    public func differences(since earlier: ObjectPart) -> [ObjectDifference] {
        ObjectDifference.between(
            earlier.value, value, at: path, attributes: earlier.attributes, attributes)
    }
}

extension ObjectDocument {
    /// What stands at a path; the whole object without one.
    /// - Complexity: O(*n*) in what stands there; if marks show, O(*n* log *n*) in the histories of texts.
    public func part(at path: ObjectPath = ObjectPath()) -> ObjectPart { ObjectPart(self, at: path) }
}
