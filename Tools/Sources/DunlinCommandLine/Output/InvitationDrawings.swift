import ArgumentParser
import DunlinObjects
import DunlinQRCodes
import Foundation
import Synchronization

/// Where an invitation's QR code is drawn besides the terminal.
struct DrawingOptions: ParsableArguments {
    @Option(help: "Draw the QR code to this file, too, as a PNG.")
    var png: String?

    @Option(help: "Draw the QR code to this file, too, as an SVG.")
    var svg: String?

    @Flag(help: "Replace these files when they are there.")
    var force = false
}

/// The files that an invitation is drawn to, as soon as there is one.
///
/// A file that cannot be written does not end the invitation, which can be told by its text.
final class InvitationDrawings: Sendable {
    private let png: String?
    private let svg: String?
    private let isReplacing: Bool
    private let hasFailedOnce = Mutex(false)

    init(_ options: DrawingOptions) {
        png = options.png
        svg = options.svg
        isReplacing = options.force
    }

    /// Whether a file could not be written.
    var hasFailed: Bool { hasFailedOnce.withLock { $0 } }

    /// What can be known before an invitation is opened: that nothing is in the way.
    func check() throws(CommandFailure) {
        let paths = [png, svg].compactMap { $0 }
        if let png, png == svg {
            throw CommandFailure(.usage, "--png and --svg name the same file. Name two.")
        }
        for path in paths {
            let url = URL(fileURLWithPath: path)
            var isFolder = ObjCBool(false)
            if unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue
            {
                throw CommandFailure(.badValue, "\(path) is a folder. Name a file in it.")
            }
            guard isReplacing || !PrivateFile.isThere(path) else { throw PrivateFile.exists(path) }
            let folder = url.deletingLastPathComponent().path
            guard FileManager.default.isWritableFile(atPath: folder) else {
                throw CommandFailure(.storage, "Nothing can be written in \(folder). Name another folder.")
            }
        }
    }

    /// Draws an invitation.
    /// - Returns: What went wrong with each file that is not there now.
    func draw(_ invitation: ObjectValue) -> [CommandFailure] {
        var failures: [CommandFailure] = []
        func attempt(_ path: String?, _ bytes: (QRCode) throws -> [UInt8]) {
            guard let path else { return }
            do {
                // Files are printed, and prints get dirty.
                let code = try QRCode(invitation.string("qr") ?? "", correction: .medium)
                try PrivateFile.write(bytes(code), to: path, replacing: isReplacing)
            } catch { failures.append(CommandFailure(error)) }
        }
        attempt(png) { try $0.png(scale: 8) }
        attempt(svg) { Array(try $0.svg(moduleSize: 8, title: "Dunlin invitation").utf8) }
        if !failures.isEmpty { hasFailedOnce.withLock { $0 = true } }
        return failures
    }
}
