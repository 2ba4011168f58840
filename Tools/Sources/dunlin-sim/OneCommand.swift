import ArgumentParser
import DunlinSimulation
import Foundation

/// One run, looked at closely.
struct OneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "one", abstract: "Runs one seed or plan again: prints it, makes it smaller, draws it.")
    @Argument(help: "The seed.") var seed: UInt64?
    @Option(help: "A plan in a file, instead of a seed.") var plan: String?
    @Flag(help: "Look for a smaller plan that breaks the same promise.") var shrink = false
    @Option(help: "Write a drawing of the run (HTML).") var timeline: String?
    @Option(help: "Write the plan, made smaller with --shrink.") var save: String?

    func validate() throws {
        guard (seed == nil) != (plan == nil) else {
            throw ValidationError("Give a seed, or --plan and a file.")
        }
    }

    func run() throws {
        var chosen: Plan
        if let plan {
            chosen = try Plan(parsing: String(contentsOfFile: plan, encoding: .utf8))
        } else {
            chosen = Plan(seed: seed ?? 0)
        }
        var outcome = chosen.run(isRecording: true)
        if shrink, let failure = outcome.failure {
            chosen = chosen.shrunk(failure) { left in
                FileHandle.standardError.write(Data("\r\(left) steps left   ".utf8))
            }
            FileHandle.standardError.write(Data("\n".utf8))
            outcome = chosen.run(isRecording: true)
        }
        print(chosen, terminator: "")
        if let save { try chosen.description.write(toFile: save, atomically: true, encoding: .utf8) }
        if let timeline { try outcome.drawing().write(toFile: timeline, atomically: true, encoding: .utf8) }
        print(
            "# trace \(outcome.trace), \(outcome.counts.happenings) happenings, \(outcome.virtualTime) ms inside"
        )
        if let failure = outcome.failure {
            print("# \(failure)")
            throw ExitCode.failure
        }
        print("# every promise held")
    }
}
