extension Outcome {
    /// The run as a page to look at: a lane for each peer, time from left to right. HTML with one SVG, no
    /// scripts.
    public func drawing() -> String { TimelineDrawing(self).page }
}

/// Lays out a timeline.
struct TimelineDrawing {
    private static let laneHeight = 56, left = 76, width = 1_400, top = 40

    private let outcome: Outcome
    private let laneCount: Int

    init(_ outcome: Outcome) {
        self.outcome = outcome
        laneCount = max(outcome.plan.peerCount, (outcome.timeline.entries.map(\.peer).max() ?? 0) + 1)
    }

    private func x(_ time: Duration) -> Int {
        let all = Double(max(1, outcome.virtualTime))
        return Self.left + Int(time / .milliseconds(1) / all * Double(Self.width))
    }

    private func y(_ peer: Int) -> Int { Self.top + peer * Self.laneHeight + Self.laneHeight / 2 }

    var page: String {
        let height = Self.top + laneCount * Self.laneHeight + 40
        let title =
            outcome.failure.map { "Seed \(outcome.plan.seed): \($0)" }
            ?? "Seed \(outcome.plan.seed): all held"
        return """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>\(Self.escaped(title))</title>
            <style>body{font:14px system-ui;margin:24px}text{font:11px system-ui}\
            .edit{fill:#1b6ac9}.apply{fill:#9cc3ee}.up{stroke:#2c9a4b}.down{stroke:#c0392b}.lane{stroke:#ccc}\
            .off{fill:#e8b4ae}.full{fill:#f3d58a}.blocked{stroke:#c0392b;stroke-dasharray:3 3}.in{fill:#2c9a4b}</style>
            <h1 style="font-size:18px">\(Self.escaped(title))</h1>
            <p>Dark dots: own transactions; light dots: others' applied; red: off; yellow: disk full; dashed: nothing \
            passes; green: let in. Hover for the time.</p>
            <svg width="\(Self.left + Self.width + 40)" height="\(height)" xmlns="http://www.w3.org/2000/svg">
            \(axis)
            \(lanes)
            \(marks)
            </svg><pre>\(Self.escaped(outcome.plan.description))</pre></html>

            """
    }

    private var axis: String {
        let bottom = Self.top + laneCount * Self.laneHeight
        return stride(from: 0, through: outcome.virtualTime, by: 5_000).map { time in
            let x = x(.milliseconds(time))
            return "<line x1=\"\(x)\" x2=\"\(x)\" y1=\"\(Self.top)\" y2=\"\(bottom)\" stroke=\"#eee\"/>"
                + "<text x=\"\(x)\" y=\"\(Self.top - 8)\">\(time / 1_000) s</text>"
        }.joined(separator: "\n")
    }

    private var lanes: String {
        (0..<laneCount).map { peer in
            let plan = outcome.plan
            let isRendezvous = plan.hasRendezvous && peer == plan.peerCount
            let name = peer < plan.peerCount ? "peer \(peer)" : isRendezvous ? "rendezvous" : "stranger"
            return
                "<text x=\"4\" y=\"\(y(peer) + 4)\">\(name)</text><line class=\"lane\" x1=\"\(Self.left)\" "
                + "x2=\"\(Self.left + Self.width)\" y1=\"\(y(peer))\" y2=\"\(y(peer))\"/>"
        }.joined(separator: "\n")
    }

    private var marks: String {
        var parts: [String] = []
        var since: [Timeline.Entry] = []
        func ended(_ peer: Int, _ kind: Timeline.Kind) -> Duration? {
            guard let index = since.firstIndex(where: { $0.peer == peer && $0.kind == kind }) else {
                return nil
            }
            return since.remove(at: index).time
        }
        for entry in outcome.timeline.entries {
            switch entry.kind {
            case .crashed, .diskFull, .blocked: since.append(entry)
            case .restarted: parts.append(span("off", entry, from: ended(entry.peer, .crashed), "off"))
            case .diskFreed:
                parts.append(span("full", entry, from: ended(entry.peer, .diskFull), "disk full"))
            case .unblocked(let to):
                guard let start = ended(entry.peer, .blocked(to: to)) else { continue }
                let middle = y(entry.peer) + (to > entry.peer ? 18 : -18)
                parts.append(
                    "<line class=\"blocked\" x1=\"\(x(start))\" x2=\"\(x(entry.time))\" y1=\"\(middle)\" "
                        + "y2=\"\(middle)\"><title>nothing passes to peer \(to)</title></line>")
            case .edited: parts.append(dot("edit", 4, entry, "transaction"))
            case .applied: parts.append(dot("apply", 2, entry, "applied"))
            case .admitted: parts.append(dot("in", 6, entry, "let in"))
            case .connected: parts.append(tick("up", entry, "connected"))
            case .disconnected: parts.append(tick("down", entry, "disconnected"))
            case .clockSet: parts.append(tick("lane", entry, "clock set"))
            case .note(let text): parts.append(tick("lane", entry, text))
            }
        }
        return parts.joined(separator: "\n")
    }

    private func title(_ text: String, _ entry: Timeline.Entry) -> String {
        "<title>\(Self.escaped(text)), \(Int(entry.time / .milliseconds(1))) ms</title>"
    }

    private func dot(_ style: String, _ radius: Int, _ entry: Timeline.Entry, _ text: String) -> String {
        "<circle class=\"\(style)\" cx=\"\(x(entry.time))\" cy=\"\(y(entry.peer))\" r=\"\(radius)\">"
            + title(text, entry) + "</circle>"
    }

    private func tick(_ style: String, _ entry: Timeline.Entry, _ text: String) -> String {
        let x = x(entry.time), y = y(entry.peer)
        return "<line class=\"\(style)\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(y - 10)\" y2=\"\(y + 10)\">"
            + title(text, entry) + "</line>"
    }

    private func span(_ style: String, _ entry: Timeline.Entry, from start: Duration?, _ text: String)
        -> String
    {
        guard let start else { return "" }
        let left = x(start)
        return "<rect class=\"\(style)\" x=\"\(left)\" y=\"\(y(entry.peer) - 8)\" "
            + "width=\"\(max(2, x(entry.time) - left))\" height=\"16\">" + title(text, entry) + "</rect>"
    }

    private static func escaped(_ text: String) -> String {
        text.map { (part: Character) -> String in
            switch part {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            default: String(part)
            }
        }.joined()
    }
}
