import ArgumentParser

/// How often each measurement is made; what is printed is the median.
struct Repeats: ParsableArguments {
    @Option(help: "How often each measurement is repeated; the median is printed.") var repeats = 5

    func validate() throws {
        guard repeats > 0 else { throw ValidationError("--repeats is at least 1.") }
    }
}

/// How long something takes: the median of several runs, and what the last of them gave.
struct Timing<Result> {
    var seconds: Double
    var result: Result

    /// Runs `body` as often as `repeats` says.
    ///
    /// Only `body` is timed. What it works on is made before and let go of after it, and so is what it gives:
    /// the peers' harness draws the line at the same places.
    init<Ready>(
        of repeats: Int, preparing: () throws -> Ready, _ body: (inout Ready) throws -> Result
    ) throws {
        var times: [Double] = []
        func run() throws -> Result {
            var ready = try preparing()
            let start = ContinuousClock.now
            let result = try body(&ready)
            times.append((ContinuousClock.now - start) / .seconds(1))
            return result
        }
        for _ in 1..<repeats { _ = try run() }
        result = try run()
        seconds = times.sorted()[times.count / 2]
    }

    init(of repeats: Int, _ body: () throws -> Result) throws {
        try self.init(of: repeats, preparing: {}) { (_: inout Void) in try body() }
    }
}
