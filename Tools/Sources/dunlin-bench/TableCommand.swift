import ArgumentParser
import Foundation

/// Draws JSON lines as a table.
struct TableCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table", abstract: "Draw JSON lines as a table.")
    @Argument(help: "A file of JSON lines.") var file: String

    func run() throws {
        let text = try String(contentsOfFile: file, encoding: .utf8)
        var rows = [["bench", "case", "metric", "value", "unit"]]
        for line in text.split(separator: "\n") where line.hasPrefix("{") {
            guard let figure = try? JSONDecoder().decode(Figure.self, from: Data(line.utf8)) else { continue }
            let value =
                figure.value == figure.value.rounded()
                ? "\(Int64(figure.value))" : String(format: "%.4g", figure.value)
            rows.append([figure.bench, figure.case, figure.metric, value, figure.unit])
        }
        let widths = (0..<5).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { column, text in
                column == 3
                    ? String(repeating: " ", count: widths[column] - text.count) + text
                    : text.padding(toLength: widths[column], withPad: " ", startingAt: 0)
            }
            print(cells.joined(separator: "  "))
        }
    }
}
