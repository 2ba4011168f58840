import ArgumentParser
import DunlinKeys
import Foundation
import MembershipVectors

/// Compares signed credentials with the reference model of membership.
struct MembershipBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "membership",
        abstract: "Build graphs of the reference model from signed credentials and compare what follows.")
    @Argument(help: "Files of graphs, as JSON or JSON lines; - for standard input.") var files: [String] = []
    @Option(help: "Other orders of arrival that are tried.") var shuffles = 1
    @Flag(help: "Say something about every graph.") var verbose = false
    @Flag(help: "The totals as JSON lines.") var json = false
    @Flag(help: "Measure what judging costs, in several shapes.") var figures = false
    @Option(help: "Credentials of each shape.") var count = 10_000

    func validate() throws {
        guard count >= 100 else { throw ValidationError("--count is at least 100.") }
        guard !files.isEmpty || figures else {
            throw ValidationError("Name files of graphs, or - for standard input.")
        }
        guard shuffles >= 0 else { throw ValidationError("--shuffles is at least 0.") }
    }

    func run() throws {
        if figures { try SignedShape.forEach(count) { try MembershipFigures.show($0) } }
        guard !files.isEmpty else { return }
        var comparison = Comparison(shuffles: shuffles, isVerbose: verbose)
        for file in files { try ModelFile.forEach(file) { try comparison.take($0) } }
        comparison.show(json: json)
        if comparison.differing > 0 { throw ExitCode(1) }
    }
}

/// Graph after graph, and how many did not agree.
private struct Comparison {
    let shuffles: Int
    let isVerbose: Bool
    private(set) var differing = 0
    private var graphs = 0
    private var unsaid = 0
    private var counts: [String: Int] = [:]
    private var building = Duration.zero
    private var judging = Duration.zero
    private var pool = KeyPool(seed: 1)
    private var random = SeededRandom(seed: 1)
    private let start = ContinuousClock.now
    private var shown = ContinuousClock.now

    init(shuffles: Int, isVerbose: Bool) {
        self.shuffles = shuffles
        self.isVerbose = isVerbose
    }

    mutating func take(_ model: ModelDAG) throws {
        let before = ContinuousClock.now
        let graph = try SignedDAG(model, pool: &pool)
        let built = ContinuousClock.now
        building += built - before
        graphs += 1
        let differences = graph.differences(shuffles: shuffles, random: &random)
        judging += ContinuousClock.now - built
        if differences.isEmpty {
            counts.merge(graph.counts, uniquingKeysWith: +)
            if isVerbose { print("\(model.title): \(model.count) credentials agree") }
        } else if let reason = graph.unsaid {
            unsaid += 1
            if isVerbose { print("\(model.title): left out, credentials cannot say it: \(reason)") }
        } else {
            differing += 1
            print("\(model.title): \(differences.joined(separator: "; "))")
        }
        if ContinuousClock.now - shown > .seconds(1) {
            shown = ContinuousClock.now
            let text = "\(graphs) graphs, \(differing) differ, \(seconds(shown - start)) s\n"
            FileHandle.standardError.write(Data(text.utf8))
        }
    }

    func show(json: Bool) {
        let totals: [(String, Double, String)] =
            [
                ("graphs", Double(graphs), "graphs"), ("that disagree", Double(differing), "graphs"),
                ("left out", Double(unsaid), "graphs"),
            ]
            + ["live", "void", "invalid"].map { ($0, Double(counts[$0, default: 0]), "credentials") }
            + [
                ("building and signing", building / .seconds(1), "s"),
                ("judging in \(shuffles) other orders", judging / .seconds(1), "s"),
            ]
        for (metric, value, unit) in totals {
            if json {
                Figure.print("membership", "model", metric, value, unit)
            } else {
                let text = value == value.rounded() ? "\(Int(value))" : seconds(.seconds(value))
                print("\(metric): \(text) \(unit)")
            }
        }
    }

    private func seconds(_ duration: Duration) -> String {
        String(format: "%.1f", duration / .seconds(1))
    }
}
