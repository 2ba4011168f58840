import Foundation

/// One measured number, printed as a JSON line.
struct Figure: Codable {
    var bench: String
    var `case`: String
    var metric: String
    var value: Double
    var unit: String

    /// - Parameter isRight: whether what was measured gave the right result; nil when there is none to
    ///   compare.
    static func print(
        _ bench: String, _ name: String, _ metric: String, _ value: Double, _ unit: String,
        isRight: Bool? = nil
    ) {
        let text =
            value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : String(format: "%.4g", value)
        Swift.print(
            "{\"bench\":\"\(bench)\",\"case\":\"\(name)\",\"metric\":\"\(metric)\","
                + "\"value\":\(text),\"unit\":\"\(unit)\"" + (isRight.map { ",\"ok\":\($0)" } ?? "") + "}"
        )
    }

    /// Seconds that `body` takes.
    static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return (ContinuousClock.now - start) / .seconds(1)
    }
}

enum ProcessMemory {
    /// The most memory that this process has ever held, in MiB.
    static var peak: Double { field("VmHWM:") }
    static var now: Double { field("VmRSS:") }

    private static func field(_ name: String) -> Double {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return 0 }
        for line in status.split(separator: "\n") where line.hasPrefix(name) {
            return (Double(line.filter(\.isNumber)) ?? 0) / 1_024
        }
        return 0
    }
}
