/// One place where a rule is broken.
struct Violation {
    var path: String
    var line: Int
    var what: String
    var remedy: String
    /// What it counts against a ratchet.
    var weight = 1
    /// Set by the check.
    var rule = ""

    var description: String { "\(path):\(line): \(what); \(remedy). [\(rule)]" }
}
