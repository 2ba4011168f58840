import Foundation

extension [UInt8] {
    /// The bytes as SQLite takes them.
    public var blob: Data { Data(self) }
}
