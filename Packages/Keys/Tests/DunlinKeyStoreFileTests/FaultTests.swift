@testable import DunlinKeyStoreFile
import DunlinKeys
import Foundation
import Synchronization
import Testing

/// At each step of a writing the disk fails, or the power: what is there afterwards is the old or the new.
@Suite struct FaultTests {
    typealias Step = KeyringFolder.Step
    static let failure = KeyStoreError.failed(place: "here", reason: "the disk is full")
    static let old: [String: [UInt8]] = ["a": [0x31]], new: [String: [UInt8]] = ["a": [0x32], "b": [0x33]]

    /// Where the fault is, and what was seen when it came.
    final class Fault: Sendable {
        struct State {
            var step: Step?
            var isReached = false
            var crashed: [TemporaryFolder] = []
        }
        let state = Mutex(State())

        /// A folder whose writing fails at a step; `crashesAt` also copies the files as they are then.
        func folder(_ folder: TemporaryFolder, crashes: Bool = false) -> KeyringFolder {
            let path = folder.path
            return KeyringFolder(path: folder.keyring) { step throws(KeyStoreError) in
                try self.state.withLock { state throws(KeyStoreError) in
                    guard state.step == step else { return }
                    state.isReached = true
                    if crashes, let copy = try? TemporaryFolder.copy(of: path) { state.crashed.append(copy) }
                    throw FaultTests.failure
                }
            }
        }
    }

    static let writing: [Step] = [
        .create, .writeHalf, .writeAll, .sync, .verify, .dropPrevious, .keepPrevious, .replace, .syncFolder,
    ]

    @Test(arguments: writing, [false, true])
    func `a writing that fails leaves the old or the new`(step: Step, changesPassphrase: Bool) throws {
        let folder = try TemporaryFolder(), fault = Fault()
        let store = try FileKeyStore.create(fault.folder(folder, crashes: true), secret("p"), .test)
        try store.change([.set("a", secret("0"))])
        // There is a previous one, too.
        try store.change([.set("a", secret("1"))])
        fault.state.withLock { $0.step = step }
        #expect(throws: Self.failure) {
            if changesPassphrase {
                try store.changePassphrase(from: secret("p"), to: secret("q"))
            } else {
                try store.change([.set("a", secret("2")), .set("b", secret("3"))])
            }
        }
        #expect(fault.state.withLock { $0.isReached })
        let isNew = step == .syncFolder
        let passphrase = secret(changesPassphrase && isNew ? "q" : "p")
        let contents = changesPassphrase || !isNew ? Self.old : Self.new
        #expect(try store.contents() == contents)
        for folder in try [folder.copy()] + fault.state.withLock({ $0.crashed }) {
            #expect(try FileKeyStore.open(at: folder.keyring, passphrase: passphrase).contents() == contents)
            #expect(folder.names == ["keyring"], "what the crash left is not cleared")
        }
        // The fault is gone: it goes on as if nothing had been.
        fault.state.withLock { $0.step = nil }
        try store.change([.set("c", secret("4"))])
        let reopened = try FileKeyStore.open(at: folder.keyring, passphrase: passphrase)
        #expect(try reopened.contents() == contents.merging(["c": [0x34]]) { _, new in new })
    }

    @Test(arguments: writing) func `a first writing that fails can be done again`(step: Step) throws {
        let folder = try TemporaryFolder(), fault = Fault()
        fault.state.withLock { $0.step = step }
        let store = try FileKeyStore.create(fault.folder(folder, crashes: true), secret("p"), .test)
        #expect(throws: Self.failure) { try store.change([.set("a", secret("1"))]) }
        for folder in try [folder.copy()] + fault.state.withLock({ $0.crashed }) {
            guard step != .syncFolder else {
                #expect(
                    try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == Self.old)
                continue
            }
            let second = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
            try second.change([.set("a", secret("1"))])
            #expect(try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == Self.old)
        }
    }

    @Test(arguments: [Step.mark, .syncFolder, .overwrite, .unlink])
    func `an erasure that fails leaves a keyring or what the next one erases`(step: Step) throws {
        let folder = try TemporaryFolder(), fault = Fault()
        let store = try FileKeyStore.create(fault.folder(folder, crashes: true), secret("p"), .test)
        try store.change([.set("a", secret("0"))])
        try store.change([.set("a", secret("1"))])
        fault.state.withLock { $0.step = step }
        #expect(throws: Self.failure) { try store.erase() }
        for folder in try [folder.copy()] + fault.state.withLock({ $0.crashed }) {
            if step == .mark {
                #expect(
                    try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == Self.old)
            } else {
                #expect(!FileKeyStore.exists(at: folder.keyring))
                #expect(!FileKeyStore.isErased(at: folder.keyring))
                // Whoever makes a new one clears them away, too.
                let other = try folder.copy()
                let fresh = try FileKeyStore.create(
                    at: other.keyring, passphrase: secret("q"), profile: .test)
                try fresh.change([])
                #expect(other.names == ["keyring"])
            }
            try FileKeyStore.erase(at: folder.keyring)
            #expect(folder.names.isEmpty)
        }
    }

    @Test func `a crash between the second name and the new one costs nothing later`() throws {
        let folder = try TemporaryFolder(), fault = Fault()
        let store = try FileKeyStore.create(fault.folder(folder, crashes: true), secret("p"), .test)
        try store.change([.set("a", secret("1"))])
        fault.state.withLock { $0.step = .replace }
        #expect(throws: Self.failure) { try store.change([.set("a", secret("2"))]) }
        // Two names of one file: clearing one away must not overwrite the other.
        let crashed = try #require(fault.state.withLock { $0.crashed.first })
        #expect(crashed.names == ["keyring", "keyring.new", "keyring.previous"])
        #expect(try FileKeyStore.open(at: crashed.keyring, passphrase: secret("p")).contents() == Self.old)
        #expect(try FileKeyStore.open(at: crashed.keyring, passphrase: secret("p")).contents() == Self.old)
        #expect(folder.names == ["keyring", "keyring.previous"])
        fault.state.withLock { $0.step = nil }
        try store.change([.set("b", secret("2"))])
        #expect(
            try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents()
                == ["a": [0x31], "b": [0x32]])
    }

    @Test func `a folder that cannot be written leaves the keyring as it was`() throws {
        let folder = try TemporaryFolder()
        let store = try FileKeyStore.create(at: folder.keyring, passphrase: secret("p"), profile: .test)
        try store.change([.set("a", secret("1"))])
        // Root may write anywhere; a folder in the new file's place stops it, too.
        try FileManager.default.createDirectory(
            atPath: folder.keyring + ".new", withIntermediateDirectories: false)
        #expect(throws: KeyStoreError.self) { try store.change([.set("a", secret("2"))]) }
        #expect(try store.contents() == Self.old)
        #expect(try FileKeyStore.open(at: folder.keyring, passphrase: secret("p")).contents() == Self.old)
    }
}
