import DunlinKeyStoreFile
import DunlinKeys
import Foundation
import Testing

/// What every store does, whatever stands behind it.
@Suite struct KeyStoreTests {
    enum Kind: CaseIterable { case memory, file }

    static func make(_ kind: Kind, _ folder: TemporaryFolder) throws -> any KeyStore {
        switch kind {
        case .memory: MemoryKeyStore()
        case .file: try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        }
    }

    @Test(arguments: Kind.allCases)
    func `secrets are kept under their names, changed together and erased`(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let store = try Self.make(kind, folder)
        #expect(try store.names().isEmpty)
        try store.change([])
        try store.change([.set("a", secret("1")), .set("b", secret("2")), .remove("none")])
        #expect(try store.contents() == ["a": [0x31], "b": [0x32]])
        #expect(try store.secret(named: "c") == nil)
        try store.change([.remove("a"), .set("b", secret("3")), .set("c", SecretBytes(copying: []))])
        #expect(try store.contents() == ["b": [0x33], "c": []])
        try store.purge()
        #expect(try store.contents() == ["b": [0x33], "c": []])
        try store.erase()
        #expect(throws: KeyStoreError.erased) { try store.names() }
        #expect(throws: KeyStoreError.erased) { try store.secret(named: "b") }
        #expect(throws: KeyStoreError.erased) { try store.change([]) }
        try store.erase()
    }

    @Test(arguments: Kind.allCases)
    func `of changes of which one is refused none is made`(kind: Kind) throws {
        let folder = try TemporaryFolder()
        let store = try Self.make(kind, folder)
        try store.change([.set("a", secret("1"))])
        for bad in [
            KeyChange.set("", secret("1")), .set(String(repeating: "x", count: 256), secret("1")),
            .set("b", SecretBytes(copying: [UInt8](repeating: 0, count: 65_536))),
        ] {
            #expect(throws: KeyStoreError.keyring(.badRecordName(bad.name))) {
                try store.change([.remove("a"), bad])
            }
            #expect(try store.contents() == ["a": [0x31]])
        }
    }
}
