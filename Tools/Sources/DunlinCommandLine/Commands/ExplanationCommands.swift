import ArgumentParser
import DunlinEncoding
import DunlinObjects
import Foundation

extension SpaceCommand {
    struct Why: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show why somebody is a member, or no longer one.")
        @OptionGroup var options: GlobalOptions
        @Argument(help: .member) var member: String
        @Option(help: "The space, by its name or the beginning of its id; needed when there are several.")
        var space: String?

        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request("space why", ["member": .plain(member), "space": space.plain])
        }

        func show(_ result: ObjectValue, _ printer: Printer) {
            guard !printer.isJSON else { return printer.result(result) }
            printer.line(Printer.harmless(result.string("outcome") ?? ""))
            guard case .list(let steps)? = result["steps"] else { return }
            printer.result(
                .list(
                    steps.map { step in
                        .record([
                            " ": .plain(step.flag("deciding") ? "->" : ""),
                            "credential": .plain(String((step.string("id") ?? "").prefix(8))),
                            "what": .plain(step.string("what") ?? ""),
                            "why": .plain(step.string("why") ?? ""),
                        ])
                    }))
        }
    }

    struct Graph: RequestCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw a space's credentials: who let whom in, and what became of it.")
        @OptionGroup var options: GlobalOptions
        @Option(help: "The space, by its name or the beginning of its id; needed when there are several.")
        var space: String?
        @Flag(help: "Print the graph for Graphviz.") var dot = false
        @Option(help: "Write a picture to this file, which only you can read.") var svg: String?
        @Flag(help: "Replace that file when it is there.") var force = false

        func validate() throws {
            guard dot || svg != nil else { throw ValidationError("Say --dot, or --svg FILE.") }
        }

        func request() throws(CommandFailure) -> ObjectValue {
            DunlinCommandLine.request(
                "space graph", ["space": space.plain, "dot": .bool(dot), "svg": .bool(svg != nil)])
        }

        func run() async throws {
            try await reporting(options) { session throws(CommandFailure) in
                if let svg, !force, PrivateFile.isThere(svg) { throw PrivateFile.exists(svg) }
                let result = try await session.run(try request(), network: needsNetwork)
                let printer = session.printer
                if let svg {
                    try PrivateFile.write(
                        Array((result.string("svg") ?? "").utf8), to: svg, replacing: force)
                }
                if printer.isJSON {
                    printer.result(result)
                } else if dot {
                    printer.line(result.string("dot") ?? "")
                } else if let svg {
                    printer.remark("The picture is in \(Printer.harmless(svg)).")
                }
            }
        }
    }
}
