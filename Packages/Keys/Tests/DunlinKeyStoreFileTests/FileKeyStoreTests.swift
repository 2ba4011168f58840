@testable import DunlinKeyStoreFile
import DunlinKeys
import Foundation
import Testing

@Suite struct FileKeyStoreTests {
    @Test func `a keyring opens again under its passphrase alone`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: KeyStoreError.missing(folder.keyring)) {
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("p"))
        }
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        #expect(folder.names.isEmpty)
        try store.change([.set("a", secret("1"))])
        #expect(folder.names == ["keyring"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder.keyring)[.posixPermissions]
        #expect(mode as? Int == 0o600)
        #expect(
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == ["a": [0x31]])
        #expect(throws: KeyStoreError.keyring(.wrongPassphrase)) {
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("q"))
        }
        #expect(throws: KeyStoreError.exists(folder.keyring)) {
            try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        }
    }

    @Test func `the passphrase changes, and a wrong one changes nothing`() throws {
        let folder = try TemporaryFolder()
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("old"), profile: .test)
        try store.change([.set("a", secret("1"))])
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.keyring))
        #expect(throws: KeyStoreError.keyring(.wrongPassphrase)) {
            try store.changePassphrase(from: secret("wrong"), to: secret("new"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.keyring)) == before)
        try store.changePassphrase(from: secret("old"), to: secret("new"))
        // What is changed later stays under the new one.
        try store.change([.set("b", secret("2"))])
        #expect(throws: KeyStoreError.keyring(.wrongPassphrase)) {
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("old"))
        }
        #expect(
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("new")).contents()
                == ["a": [0x31], "b": [0x32]])
    }

    @Test func `the keyring before is kept until the newest has been opened`() throws {
        let folder = try TemporaryFolder()
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        try store.change([.set("a", secret("1"))])
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.keyring))
        try store.change([.set("b", secret("2"))])
        let previous = URL(fileURLWithPath: folder.keyring + ".previous")
        #expect(try Data(contentsOf: previous) == before)
        #expect(throws: KeyStoreError.self) {
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("wrong"))
        }
        #expect(folder.names == ["keyring", "keyring.previous"])
        _ = try FileKeyStore.open(at: folder.keyring, passphrase: secret("p"))
        #expect(folder.names == ["keyring"])
    }

    @Test func `a damaged keyring says how the one before it is restored`() throws {
        let folder = try TemporaryFolder()
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        try store.change([.set("a", secret("1"))])
        try store.change([.set("b", secret("2"))])
        for damaged in [Data(), Data([1, 2, 3])] {
            try damaged.write(to: URL(fileURLWithPath: folder.keyring))
            let error = KeyStoreError.damaged(file: folder.keyring, previous: folder.keyring + ".previous")
            #expect(throws: error) { try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")) }
            #expect("\(error)".contains("mv \(folder.keyring).previous \(folder.keyring)"))
        }
        // A keyring that somebody lost is not written over by a new one.
        try FileManager.default.removeItem(atPath: folder.keyring)
        #expect(throws: KeyStoreError.damaged(file: folder.keyring, previous: folder.keyring + ".previous")) {
            try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        }
        try FileManager.default.moveItem(atPath: folder.keyring + ".previous", toPath: folder.keyring)
        #expect(
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == ["a": [0x31]])
        try Data([1]).write(to: URL(fileURLWithPath: folder.keyring))
        #expect(throws: KeyStoreError.damaged(file: folder.keyring, previous: nil)) {
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("p"))
        }
    }

    @Test func `what is erased was overwritten before`() throws {
        let folder = try TemporaryFolder()
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        try store.change([.set("a", secret("1"))])
        try store.change([.set("b", secret("2"))])
        // Second names show what becomes of the bytes.
        let files = ["keyring", "keyring.previous"]
        let handles = try files.map {
            try FileHandle(forReadingFrom: URL(fileURLWithPath: "\(folder.path)/\($0)"))
        }
        let before = try handles.map { try $0.readToEnd() }
        try store.erase()
        #expect(folder.names.isEmpty)
        #expect(FileKeyStore.isErased(at: folder.keyring))
        for (handle, before) in zip(handles, before) {
            try handle.seek(toOffset: 0)
            let after = try #require(try handle.readToEnd()), before = try #require(before)
            #expect(after.count == before.count)
            let equal = zip(after, before).count { $0 == $1 }
            #expect(equal < before.count / 8, "\(equal) of \(before.count) bytes are as they were")
        }
    }

    @Test func `a secret is written to a new file of its owner alone`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/key"
        let key = SecretBytes.random(count: 32)
        try key.write(toNewFile: path)
        #expect(try SecretBytes.contents(ofFile: path, atMost: 32) == key)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        // One that is there stays as it is.
        #expect(throws: KeyStoreError.self) { try secret("other").write(toNewFile: path) }
        #expect(try SecretBytes.contents(ofFile: path, atMost: 32) == key)
        #expect(throws: KeyStoreError.self) { try key.write(toNewFile: folder.path + "/none/key") }
    }

    @Test func `lines and files are read as secrets`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/text"
        try Data("first\nsecond\r\nthird".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try SecretBytes.firstLine(ofFile: path) == secret("first"))
        #expect(try SecretBytes.contents(ofFile: path) == secret("first\nsecond\r\nthird"))
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        for line in ["first", "second", "", "third", ""] {
            #expect(try SecretBytes.line(from: handle.fileDescriptor) == secret(line))
        }
        #expect(throws: KeyStoreError.self) { try SecretBytes.contents(ofFile: path, atMost: 5) }
        #expect(try SecretBytes.contents(ofFile: path, atMost: 19).count == 19)
        try handle.seek(toOffset: 0)
        #expect(throws: KeyStoreError.self) { try SecretBytes.line(from: handle.fileDescriptor, atMost: 4) }
        try handle.seek(toOffset: 0)
        #expect(try SecretBytes.line(from: handle.fileDescriptor, atMost: 5) == secret("first"))
        #expect(throws: KeyStoreError.self) { try SecretBytes.line(from: 999) }
        #expect(throws: KeyStoreError.self) { try SecretBytes.firstLine(ofFile: folder.path + "/none") }
    }
}
