import DunlinEncoding
import DunlinFeeds
import GRDB

extension StoreError {
    /// The store's word for what SQLite said.
    public init(_ error: any Error) {
        switch error {
        case let error as StoreError: self = error
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: self = .full
        // The index of the log cannot grow.
        case let error as DatabaseError where error.extendedResultCode == .SQLITE_IOERR_SHMSIZE: self = .full
        case let error as DatabaseError where error.resultCode == .SQLITE_READONLY: self = .readOnly
        case let error as DatabaseError where error.resultCode == .SQLITE_CANTOPEN: self = .readOnly
        case let error as DatabaseError
        where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB:
            self = .damaged("SQLite cannot read the file")
        case let error as DatabaseError:
            self = .failed(error.message ?? "SQLite error \(error.resultCode.rawValue)")
        case let error as CBORError: self = .damaged(error.description)
        default: self = .failed("\(error)")
        }
    }
}
