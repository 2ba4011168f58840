import DunlinCausality

/// The text of every insertion, so that history can be sent and older versions be shown.
struct InsertedText: Sendable {
    /// Scalars after which a new entry is begun, so that finding one is a search and a short walk.
    private static let entryScalars = 256

    private struct Entry: Sendable {
        var firstVersion: LocalVersion
        var scalars: Int
        var byteOffset: Int
    }

    private var entries: [Entry] = []
    private(set) var bytes: [UInt8] = []

    /// Adds the text inserted by events from `version` on, one scalar each.
    mutating func append(_ text: [UInt8], version: LocalVersion) {
        var version = version
        for byte in text {
            if byte & 0xc0 != 0x80 {
                if let last = entries.last, last.firstVersion + last.scalars == version,
                    last.scalars < Self.entryScalars
                {
                    entries[entries.count - 1].scalars += 1
                } else {
                    entries.append(Entry(firstVersion: version, scalars: 1, byteOffset: bytes.count))
                }
                version += 1
            }
            bytes.append(byte)
        }
    }

    /// UTF-8 of what the events in `versions` inserted; all of them insertions.
    func text(of versions: Range<LocalVersion>) -> ArraySlice<UInt8> {
        let start = byteOffset(of: versions.lowerBound)
        var end = start
        var left = versions.count
        while end < bytes.count {
            if bytes[end] & 0xc0 != 0x80 {
                if left == 0 { break }
                left -= 1
            }
            end += 1
        }
        return bytes[start..<end]
    }

    private func byteOffset(of version: LocalVersion) -> Int {
        var low = 0, high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].firstVersion <= version { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return 0 }
        var offset = entries[low - 1].byteOffset
        var left = version - entries[low - 1].firstVersion
        while offset < bytes.count {
            if bytes[offset] & 0xc0 != 0x80 {
                if left == 0 { return offset }
                left -= 1
            }
            offset += 1
        }
        return offset
    }
}
