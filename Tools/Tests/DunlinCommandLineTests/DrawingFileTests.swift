import DunlinObjects
import Foundation
import Testing

@testable import DunlinCommandLine

@Suite struct DrawingFileTests {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("drawings-\(UUID())")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }
    private func drawings(_ arguments: String...) throws -> InvitationDrawings {
        InvitationDrawings(try DrawingOptions.parse(arguments))
    }

    @Test func `a file is whole, private, and replaced only when that is asked for`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = path("file")
        let long = [UInt8](repeating: 7, count: 1_000_000)
        try PrivateFile.write(long, to: file, replacing: false)
        #expect(FileManager.default.contents(atPath: file) == Data(long))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
        #expect(mode == 0o600)
        do throws(CommandFailure) {
            try PrivateFile.write([1], to: file, replacing: false)
            Issue.record("it was replaced")
        } catch { #expect(error.code == .badValue && error.message.contains("--force")) }
        #expect(FileManager.default.contents(atPath: file) == Data(long))
        try PrivateFile.write([1], to: file, replacing: true)
        #expect(FileManager.default.contents(atPath: file) == Data([1]))
        #expect(try names == ["file"])
    }

    @Test func `what cannot be written leaves nothing and says why`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let long = path(String(repeating: "x", count: 300))
        for path in [path("missing/file"), long, folder.path] {
            for replacing in [false, true] {
                do throws(CommandFailure) {
                    try PrivateFile.write([1], to: path, replacing: replacing)
                    Issue.record("\(path) was written")
                } catch { #expect(!error.message.contains("\n") && error.message.hasPrefix(path)) }
            }
        }
        #expect(try names == [])
    }

    @Test func `what is in the way is told before there is an invitation`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try PrivateFile.write([1], to: path("there"), replacing: false)
        try drawings("--png", path("new"), "--svg", path("other")).check()
        try drawings("--png", path("there"), "--force").check()
        for arguments in [
            ["--png", path("there")], ["--svg", path("there")], ["--svg", path("missing/new")],
            ["--png", folder.path, "--force"], ["--png", path("new"), "--svg", path("new")],
        ] {
            #expect(throws: CommandFailure.self) {
                try InvitationDrawings(try DrawingOptions.parse(arguments)).check()
            }
        }
        #expect(try names == ["there"])
    }

    @Test func `a file that fails does not keep the other from being drawn`() throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let invitation = ObjectValue.record(["qr": .plain("DUNLIN://JOIN/AAAA")])
        let half = try drawings("--png", path("missing/code.png"), "--svg", path("code.svg"))
        #expect(half.draw(invitation).map(\.code) == [.storage] && half.hasFailed)
        #expect(try names == ["code.svg"])
        let whole = try drawings("--png", path("code.png"), "--svg", path("code.svg"), "--force")
        #expect(whole.draw(invitation).isEmpty && !whole.hasFailed)
        #expect(try names == ["code.png", "code.svg"])
    }
}
