/// A disk of append-only files that remembers for certain only what was synced.
///
/// When the power fails, each sector of 512 bytes that was written since the last sync is kept, lost or torn.
/// One thread uses it.
public final class VirtualDisk {
    private struct File {
        var bytes: [UInt8] = []
        var syncedCount = 0
    }

    enum Failure: Error {
        case full
        /// The power failed during this operation. Nothing works until ``restart()``.
        case powerFailed
    }

    static let sectorByteCount = 512

    private var files: [String: File] = [:]
    private var random: RandomStream
    private(set) var isOff = false
    /// Bytes that may still be written; nil for as many as one likes.
    public var freeByteCount: Int?
    /// Writes and syncs until the power fails in the middle of one; nil for never.
    public var operationsUntilPowerFails: Int?
    /// Blocks and tree nodes cannot be read for now, as from a disk that is worn out or unplugged.
    public var cannotRead = false
    /// How often anything was synced.
    public private(set) var syncCount = 0

    init(random: RandomStream) { self.random = random }

    var names: [String] { files.keys.sorted() }

    func bytes(of file: String) -> [UInt8] { files[file]?.bytes ?? [] }

    func append(_ bytes: [UInt8], to file: String) throws(Failure) {
        guard !isOff else { throw .powerFailed }
        if let free = freeByteCount {
            guard bytes.count <= free else { throw .full }
            freeByteCount = free - bytes.count
        }
        if isLast() {
            let written = random.number(in: 0...bytes.count)
            files[file, default: File()].bytes += bytes.prefix(written)
            failPower()
            throw .powerFailed
        }
        files[file, default: File()].bytes += bytes
    }

    func sync(_ file: String) throws(Failure) {
        guard !isOff else { throw .powerFailed }
        let isLast = isLast()
        if !isLast || random.happens(perMillion: 500_000) {
            let count = files[file]?.bytes.count ?? 0
            files[file]?.syncedCount = count
        }
        guard !isLast else {
            failPower()
            throw .powerFailed
        }
        syncCount += 1
    }

    /// Drops what a file has behind `count` bytes.
    func truncate(_ file: String, to count: Int) {
        guard var contents = files[file], contents.bytes.count > count else { return }
        contents.bytes.removeLast(contents.bytes.count - count)
        contents.syncedCount = min(contents.syncedCount, count)
        files[file] = contents
    }

    private func isLast() -> Bool {
        guard let left = operationsUntilPowerFails else { return false }
        operationsUntilPowerFails = left > 1 ? left - 1 : nil
        return left <= 1
    }

    /// The power fails: what was not synced is kept, lost or torn, sector by sector.
    func failPower() {
        isOff = true
        operationsUntilPowerFails = nil
        for name in names {
            guard var file = files[name] else { continue }
            var start = file.syncedCount
            while start < file.bytes.count {
                let end = min(file.bytes.count, (start / Self.sectorByteCount + 1) * Self.sectorByteCount)
                switch random.number(in: 0...2) {
                case 0: break
                case 1: for index in start..<end { file.bytes[index] = 0 }
                default:
                    let torn = random.number(in: start...end)
                    for index in torn..<end { file.bytes[index] = 0 }
                }
                start = end
            }
            // The length is written apart from the contents.
            file.bytes.removeLast(file.bytes.count - random.number(in: file.syncedCount...file.bytes.count))
            file.syncedCount = file.bytes.count
            files[name] = file
        }
    }

    /// The power is back; what is on the disk now stays.
    func restart() { isOff = false }
}
