import DunlinKeys

extension CredentialGraph {
    /// The graph as a picture that stands alone: a row for each device, time from left to right. Every
    /// credential has its sentence as a title, and marks beside colours.
    public var svg: String { CredentialDrawing(self).svg }
}

/// Measures and draws.
private struct CredentialDrawing {
    private let graph: CredentialGraph
    /// Names beside circles instead of boxes, when there are many.
    private let isDense: Bool
    private let tops: [Int]
    private let bottom: Int

    private var left: Int { 150 }
    private var column: Int { isDense ? 46 : 148 }
    private var row: Int { isDense ? 34 : 60 }
    private var box: (width: Int, height: Int) { isDense ? (26, 22) : (122, 44) }
    private var width: Int { max(760, left + (graph.depth + 1) * column + 24) }

    init(_ graph: CredentialGraph) {
        self.graph = graph
        isDense = graph.nodes.count > 80
        var y = 112
        var tops: [Int] = []
        for lane in graph.lanes {
            tops.append(y)
            y += lane.height * (isDense ? 34 : 60) + 10
        }
        self.tops = tops
        bottom = y
    }

    var svg: String {
        let legend = people
        let height = bottom + 34 + legend.count * 18 + 16
        let counts = (
            graph.nodes.count { $0.status == .live }, graph.nodes.count { $0.status.isVoid },
            graph.nodes.count { $0.status.isInvalid }
        )
        let summary =
            "\(graph.nodes.count) credentials: \(counts.0) that count, \(counts.1) void, "
            + "\(counts.2) not allowed"
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="title about">
            <title id="title">Who let whom in: \(summary)</title>
            <desc id="about">A row for each device, the senior above. Time goes to the right: what an arrow \
            comes from was known when the other was made; what no arrows join was done at the same \
            time.</desc>
            <style>
            text{font:12px system-ui,sans-serif;fill:#222}.head{font-size:17px;font-weight:600}
            .small{font-size:11px;fill:#555}.lane{font-weight:600}.gone{fill:#888;font-weight:400}
            .strike{fill:none;stroke:#b26a00;stroke-width:1.6;stroke-dasharray:2 3}
            .mark{font-size:10px;font-weight:600}.edge{fill:none;stroke:#8a8f98;stroke-width:1.3}
            .live{fill:#e3f2e6;stroke:#1d6b35;stroke-width:1.5}
            .void{fill:#fdf1d6;stroke:#8a5a00;stroke-width:1.5;stroke-dasharray:5 3}
            .invalid{fill:#fbe3e1;stroke:#a3261b;stroke-width:1.5}
            .m-void{fill:#8a5a00}.m-invalid{fill:#a3261b}
            </style>
            <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" \
            orient="auto"><path d="M0 0L8 4L0 8z" fill="#8a8f98"/></marker>\
            <marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" \
            orient="auto"><path d="M0 0L8 4L0 8z" fill="#b26a00"/></marker></defs>
            <rect width="100%" height="100%" fill="#fff"/>
            <text class="head" x="16" y="28">\(summary)</text>
            <text class="small" x="16" y="47">Each row is a device, senior ones above. Read to the right: an \
            arrow says that the right one was made in knowledge of the left one.</text>
            \(key)
            \(lanes)
            \(edges)
            \(nodes)
            \(strikes)
            \(legend.enumerated().map { number, text in
                "<text class=\"small\" x=\"16\" y=\"\(bottom + 30 + number * 18)\">\(text)</text>"
            }.joined(separator: "\n"))
            </svg>

            """
    }

    /// What the shapes mean.
    private var key: String {
        let y = 60
        return """
            <rect class="live" x="16" y="\(y)" width="26" height="18" rx="6"/>\
            <text x="48" y="\(y + 13)">counts</text>\
            \(octagon(x: 106, y: y, width: 26, height: 18))\
            <text x="138" y="\(y + 13)">not allowed</text>\
            <rect class="void" x="222" y="\(y)" width="26" height="18" rx="6"/>\
            <text x="254" y="\(y + 13)">void: allowed, but</text>\
            <path class="strike" marker-end="url(#end)" d="M366 \(y + 9)H400"/>\
            <text x="408" y="\(y + 13)">takes it away at the same time</text>
            """
    }

    private var lanes: String {
        graph.lanes.indices.map { number in
            let lane = graph.lanes[number]
            let y = tops[number], height = lane.height * row
            return "<rect x=\"0\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" "
                + "fill=\"\(number % 2 == 0 ? "#f5f6f8" : "#fafbfc")\"/>"
                + "<text class=\"\(lane.isPresent ? "lane" : "lane gone")\" x=\"16\" "
                + "y=\"\(y + height / 2 + 4)\">\(escaped(shortened(lane.name, 14)))"
                + (lane.isPresent ? "" : " (out)") + "</text>"
        }.joined(separator: "\n")
    }

    private func position(_ node: CredentialGraph.Node) -> (x: Int, y: Int) {
        (
            left + node.depth * column,
            tops[node.lane] + node.slot * row + (row - box.height) / 2
        )
    }

    private var edges: String {
        graph.nodes.flatMap { node in
            node.parents.map { parent -> String in
                let from = position(graph.nodes[parent]), to = position(node)
                let x1 = from.x + box.width, y1 = from.y + box.height / 2
                let x2 = to.x, y2 = to.y + box.height / 2
                let bend = max(12, (x2 - x1) / 2)
                return "<path class=\"edge\" marker-end=\"url(#tip)\" d=\"M\(x1) \(y1)C\(x1 + bend) \(y1) "
                    + "\(x2 - bend) \(y2) \(x2 - 1) \(y2)\"/>"
            }
        }.joined(separator: "\n")
    }

    /// From what took effect away to what lost it, from the middle of one to the middle of the other's edge.
    private var strikes: String {
        graph.nodes.compactMap { node -> String? in
            guard let cause = node.cause else { return nil }
            let from = position(graph.nodes[cause]), to = position(node)
            guard from.y != to.y else {
                // In one row: a bow above.
                let x1 = from.x + box.width / 2, x2 = to.x + box.width / 2
                return strike("M\(x1) \(from.y)Q\((x1 + x2) / 2) \(from.y - 22) \(x2) \(to.y - 1)")
            }
            let isBelow = from.y < to.y
            let y1 = isBelow ? from.y + box.height : from.y
            let y2 = isBelow ? to.y - 1 : to.y + box.height + 1
            return strike("M\(from.x + box.width / 2 + 8) \(y1)L\(to.x + box.width / 2 + 8) \(y2)")
        }.joined(separator: "\n")
    }

    private func strike(_ path: String) -> String {
        "<path class=\"strike\" marker-end=\"url(#end)\" d=\"\(path)\"/>"
    }

    private var nodes: String {
        graph.nodes.map { node in
            let (x, y) = position(node)
            let shape =
                node.status.isInvalid
                ? octagon(x: x, y: y, width: box.width, height: box.height)
                : "<rect class=\"\(node.status.name)\" x=\"\(x)\" y=\"\(y)\" width=\"\(box.width)\" "
                    + "height=\"\(box.height)\" rx=\"7\"/>"
            return "<g role=\"img\" aria-label=\"\(escaped(node.title))\">"
                + "<title>\(escaped(node.title))</title>\(shape)\(words(of: node, x, y))</g>"
        }.joined(separator: "\n")
    }

    private func words(of node: CredentialGraph.Node, _ x: Int, _ y: Int) -> String {
        let middle = x + box.width / 2
        func line(_ text: String, _ y: Int, _ style: String = "") -> String {
            text.isEmpty
                ? ""
                : "<text text-anchor=\"middle\" x=\"\(middle)\" y=\"\(y)\"\(style)>\(escaped(text))</text>"
        }
        if isDense { return line(node.symbol, y + 15) }
        let mark = node.status.mark
        let first = shortened(node.label.0, 17), second = shortened(node.label.1, 17)
        guard !mark.isEmpty else {
            return second.isEmpty
                ? line(first, y + 27) : line(first, y + 19) + line(second, y + 35)
        }
        let style = " class=\"mark m-\(node.status.name)\""
        return line(first, y + (second.isEmpty ? 19 : 14)) + (second.isEmpty ? "" : line(second, y + 27))
            + line(mark, y + (second.isEmpty ? 35 : 39), style)
    }

    private func octagon(x: Int, y: Int, width: Int, height: Int) -> String {
        let cut = min(8, height / 3)
        let points = [
            (x + cut, y), (x + width - cut, y), (x + width, y + cut), (x + width, y + height - cut),
            (x + width - cut, y + height), (x + cut, y + height), (x, y + height - cut), (x, y + cut),
        ]
        return "<polygon class=\"invalid\" points=\""
            + points.map { "\($0.0),\($0.1)" }.joined(separator: " ") + "\"/>"
    }

    /// Who is behind the names.
    private var people: [String] {
        graph.people.map { person in
            "\(escaped(shortened(person.name, 40))): \(DIDKey.encode(person.identity))"
                + (person.role.map { ", \($0)" } ?? ", no member")
        }
    }

    private func shortened(_ text: String, _ limit: Int) -> String {
        text.count <= limit ? text : text.prefix(limit - 1) + "…"
    }

    /// A text that others may have written, as text or attribute of XML.
    private func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped += " "
            default: escaped += scalar.isHarmless ? String(scalar) : "\u{fffd}"
            }
        }
        return escaped
    }
}

extension CredentialGraph.Node {
    /// One or two signs for what it does.
    fileprivate var symbol: String {
        let signs = [
            "founds": "★", "lets": "+", "adds": "+d", "takes": "−d", "leaves": "←", "removes": "−",
            "makes": "r", "invites": "i", "ends": "i×", "names": "c", "shares": "k", "suspects": "?",
            "trusts": "!",
        ]
        return signs[String(label.0.prefix { $0 != " " })] ?? "·"
    }
}

extension CredentialStatus {
    fileprivate var isVoid: Bool { if case .void = self { true } else { false } }
    fileprivate var isInvalid: Bool { if case .invalid = self { true } else { false } }
    fileprivate var name: String { isVoid ? "void" : isInvalid ? "invalid" : "live" }
    fileprivate var mark: String { isVoid ? "void" : isInvalid ? "not allowed" : "" }
}
