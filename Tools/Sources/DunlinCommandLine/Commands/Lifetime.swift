/// How long something lasts, as `--expires` takes it.
enum Lifetime {
    /// Seconds.
    static let day: Int64 = 24 * 3_600

    /// Seconds of a time like `90s`, `10m`, `12h` or `7d`.
    /// - Parameters:
    ///   - limit: The most, in seconds.
    ///   - name: The same, for a person.
    static func seconds(
        _ text: String, limit: Int64, named name: String
    ) throws(CommandFailure) -> Int64 {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": day]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()),
            count > 0, count <= limit / unit
        else {
            throw CommandFailure(
                .badValue, "--expires takes a time like 10m, 12h or 7d; at most \(name).")
        }
        return count * unit
    }
}
