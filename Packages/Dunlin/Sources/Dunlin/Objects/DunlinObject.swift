import DunlinEncoding
import DunlinObjects
import Foundation

/// A type whose values are kept as objects. Field names are those of its coding.
public protocol DunlinObject: Codable, Sendable {
    /// The object's `@type`; the type's name unless said otherwise.
    static var objectType: String { get }
}

extension DunlinObject {
    /// The name of the Swift type, without its module.
    public static var objectType: String { "\(Self.self)" }
}

/// A text that others may edit at the same time; edits are merged letter by letter.
public struct CollaborativeText: Hashable, Sendable, Codable, ExpressibleByStringLiteral,
    CustomStringConvertible
{
    /// The text as it stands.
    public private(set) var string: String

    /// A text that nobody else edits yet.
    public init(_ string: String = "") { self.string = string }
    /// A text from a literal.
    public init(stringLiteral value: String) { string = value }

    /// The text itself.
    public var description: String { string }
    /// Unicode scalars in the text.
    public var count: Int { string.unicodeScalars.count }

    /// Puts `text` before the scalar at `position`, at most the end.
    public mutating func insert(_ text: String, at position: Int) {
        var scalars = string.unicodeScalars
        let index = scalars.index(scalars.startIndex, offsetBy: max(0, position), limitedBy: scalars.endIndex)
        scalars.insert(contentsOf: text.unicodeScalars, at: index ?? scalars.endIndex)
        string = String(scalars)
    }

    /// Takes out the scalars in `range`, as far as they are there.
    public mutating func delete(_ range: Range<Int>) {
        var scalars = Array(string.unicodeScalars)
        scalars.removeSubrange(range.clamped(to: 0..<scalars.count))
        string = String(String.UnicodeScalarView(scalars))
    }

    /// Replaces the whole text. Saving it finds the smallest edit, so that others' edits elsewhere stay.
    public mutating func replace(with text: String) { string = text }

    private enum CodingKeys: String, CodingKey { case text = "@text" }

    /// Reads the form that texts have in JSON, `{"@text": …}`.
    public init(from decoder: any Decoder) throws {
        string = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .text)
    }

    /// Writes the form that texts have in JSON, `{"@text": …}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(string, forKey: .text)
    }
}

/// A weak reference to another object of the space.
public struct Ref<Target>: Hashable, Sendable, Codable {
    /// The object referred to; it may have been deleted, or not have come yet.
    public var id: ObjectID

    /// Refers to an object by its id.
    public init(_ id: ObjectID) { self.id = id }

    private enum CodingKeys: String, CodingKey { case ref = "@ref" }

    /// Reads the form that references have in JSON, `{"@ref": …}`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        guard let id = ObjectID(try container.decode(String.self, forKey: .ref)) else {
            throw DecodingError.dataCorruptedError(
                forKey: .ref, in: container, debugDescription: "not an object id")
        }
        self.id = id
    }

    /// Writes the form that references have in JSON, `{"@ref": …}`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id.description, forKey: .ref)
    }
}

enum ObjectCoding {
    /// - Throws: ``ClientError/undecodable(type:reason:)``.
    static func value<T: DunlinObject>(_ object: T) throws(ClientError) -> ObjectValue {
        do {
            let data = try JSONEncoder().encode(object)
            return try ObjectValue(json: String(decoding: data, as: UTF8.self))
        } catch { throw .undecodable(type: T.objectType, reason: "\(error)") }
    }

    static func object<T: DunlinObject>(_ value: ObjectValue) throws(ClientError) -> T {
        do { return try JSONDecoder().decode(T.self, from: Data(value.json.utf8)) } catch {
            throw .undecodable(type: T.objectType, reason: "\(error)")
        }
    }
}
