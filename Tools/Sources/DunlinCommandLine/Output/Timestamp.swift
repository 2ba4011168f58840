import DunlinEncoding
import DunlinObjects
import Foundation

/// Times in what is printed: ISO 8601 in UTC for machines, the local day and minute for people.
enum Timestamp {
    /// Fields that hold one.
    static let fields: Set<String> = ["expires", "lastSeen"]

    /// Like `2026-11-28T00:05:00Z`.
    /// - Parameter milliseconds: Since 1970.
    static func text(_ milliseconds: UInt64) -> String {
        Date(timeIntervalSince1970: Double(milliseconds / 1_000)).formatted(.iso8601)
    }

    /// Like `2026-11-28 01:05`, where it is a time; else the same.
    static func local(_ text: String, in zone: TimeZone = .current) -> String {
        guard let date = try? Date(text, strategy: .iso8601) else { return text }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute], from: date)
        func padded(_ number: Int?, _ width: Int) -> String {
            let digits = "\(number ?? 0)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = [padded(parts.year, 4), padded(parts.month, 2), padded(parts.day, 2)]
        return day.joined(separator: "-") + " " + padded(parts.hour, 2) + ":" + padded(parts.minute, 2)
    }
}
