import DunlinEncoding
import DunlinObjects
import Foundation
import Recordings

/// Replays a recorded session: one process for each author, typing what its author typed, over the real mesh.
struct TraceDemo {
    let stage: Stage
    let path: String

    func run() async throws {
        let trace = try Recording.forDemonstration(path)
        _ = try trace.pasts()
        stage.tell("trace", "\(trace.txns.count) transactions of \(trace.agents) authors")
        _ = try stage.start("rendezvous", ["rendezvous", "--listen", "127.0.0.1:0", "--json"])
        let address = try field(ObjectValue(json: stage.line("rendezvous", containing: "address")), "address")
        let own = CommandLine.arguments[0]
        for agent in 0..<trace.agents {
            _ = try stage.start(
                "author-\(agent)", executable: own,
                [
                    "author", "--folder", stage.folder, "--trace", path, "--agent", "\(agent)",
                    "--rendezvous", address,
                ])
        }
        var hashes: Set<String> = []
        for agent in 0..<trace.agents {
            let line = try stage.line("author-\(agent)", containing: "\"done\"", seconds: 1_200)
            let result = try ObjectValue(json: line)
            guard result["ok"] == .bool(true) else {
                throw DemoFailure("author \(agent) ended with another text: \(line)")
            }
            hashes.insert(try field(result, "stateHash"))
            guard case .integer(let milliseconds)? = result["milliseconds"],
                case .integer(let sent)? = result["sent"]
            else { throw DemoFailure("author \(agent) says \(line)") }
            stage.tell(
                "author \(agent)",
                "typed for \(milliseconds) ms, sent \(sent) bytes, state \(try field(result, "stateHash").prefix(16))"
            )
        }
        guard hashes.count == 1 else { throw DemoFailure("the states differ") }
        print(
            "It held: every process ended in exactly the recorded text (\(trace.endContent.unicodeScalars.count) characters)."
        )
    }
}
