import DunlinEncoding
import DunlinObjects
import DunlinQRCodes
import Foundation

/// Writes results for a person or for a machine.
struct Printer: Sendable {
    var isJSON: Bool
    /// Where invitations are drawn besides.
    var drawings: InvitationDrawings?

    /// Whether standard output is a terminal that wants colour.
    private static let isTerminal = isatty(1) == 1 && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

    /// A result.
    func result(_ value: ObjectValue) {
        if isJSON { return line(value.json) }
        switch value {
        case .null: break
        case .list(let rows): table(rows)
        case .map(let fields): record(fields)
        case .text(let text): line(written(text))
        case .string(let text): line(written(text.string))
        case .bool, .integer, .double, .bytes, .reference, .counter: line(value.json)
        }
    }

    /// Something that happened on the way: a line of JSON for machines, a remark on standard error for
    /// people.
    func event(_ value: ObjectValue) {
        if value.string("event") == "invitation" { return invitation(value) }
        if isJSON { return line(value.json) }
        guard case .map(let fields) = value, let name = value.string("event") else { return }
        let rest = fields.filter { $0.key != "event" }.sorted { $0.key < $1.key }
            .map { "\(Self.harmless($0.key.string)) \(Self.cell($0.value, $0.key.string))" }.joined(
                separator: ", ")
        remark(rest.isEmpty ? name : "\(name): \(rest)")
    }

    /// An invitation to show to the guest: a QR code, the same as text, and the code for another way. The
    /// files are there before it is printed.
    func invitation(_ value: ObjectValue) {
        let failures = drawings?.draw(value) ?? []
        if isJSON {
            line(value.json)
        } else {
            if let code = try? QRCode(value.string("qr") ?? "") {
                line(code.terminal(isColoured: Self.isTerminal))
            }
            line(value.string("ticket") ?? "")
            if value.flag("scan") { line("Let it be scanned here; whoever has it is let in.") }
            if let code = value.string("code") { line("Code: \(code) (tell it another way)") }
        }
        for failure in failures { self.failure(failure) }
    }

    func remark(_ text: String) { StandardStream.error(text + "\n") }

    func line(_ text: String) { StandardStream.output(text + "\n") }

    func failure(_ failure: CommandFailure) {
        if isJSON {
            let value: ObjectValue = .record([
                "error": .plain(failure.message), "code": .integer(Int64(failure.code.rawValue)),
            ])
            StandardStream.error(value.json + "\n")
        } else {
            remark("dunlin: \(failure.message)")
        }
    }

    /// A text that others wrote: as it is for a pipe, harmless for a terminal.
    private func written(_ text: String) -> String { isatty(1) == 1 ? Self.harmless(text) : text }

    private func record(_ fields: [UTF8String: ObjectValue]) {
        let named = fields.sorted { $0.key < $1.key }.map { (Self.harmless($0.key.string), $0.value) }
        let width = named.map { $0.0.count }.max() ?? 0
        for (key, value) in named {
            if case .list(let rows) = value, !rows.isEmpty {
                line(bold(key))
                table(rows)
            } else {
                line(bold(key) + String(repeating: " ", count: width - key.count + 2) + Self.cell(value, key))
            }
        }
    }

    private func table(_ rows: [ObjectValue]) {
        let columns = rows.reduce(into: [UTF8String]()) { columns, row in
            guard case .map(let fields) = row else { return }
            for key in fields.keys.sorted() where !columns.contains(key) { columns.append(key) }
        }
        guard !columns.isEmpty else {
            for row in rows { line(Self.cell(row)) }
            return
        }
        let cells = rows.map { row in columns.map { Self.cell(row[$0] ?? .null, $0.string) } }
        let heads = columns.map { Self.harmless($0.string) }
        let widths = columns.indices.map { index in
            max(heads[index].count, cells.map { $0[index].count }.max() ?? 0)
        }
        func padded(_ texts: [String]) -> String {
            let padded = zip(texts, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
        }
        line(bold(padded(heads)))
        for row in cells { line(padded(row)) }
    }

    private func bold(_ text: String) -> String { Self.isTerminal ? "\u{1b}[1m\(text)\u{1b}[0m" : text }

    /// A value on one line, for a person; ``result(_:)`` with ``isJSON`` has all of it.
    static func cell(_ value: ObjectValue, _ name: String = "") -> String {
        if Timestamp.fields.contains(name), case .string(let text) = value {
            return harmless(Timestamp.local(text.string))
        }
        switch value {
        case .null: return "-"
        case .bool(let isSo): return isSo ? "yes" : "no"
        case .string(let text): return line(of: text.string)
        case .text(let text): return line(of: text)
        case .counter(let count): return "\(count)"
        case .reference(let id): return "\(id)"
        case .bytes(let bytes): return bytes.count == 1 ? "1 byte" : "\(bytes.count) bytes"
        case .list(let values): return values.isEmpty ? "-" : values.map { part($0) }.joined(separator: ", ")
        case .map(let fields): return fields.isEmpty ? "-" : pairs(fields)
        case .integer, .double: return harmless(value.json)
        }
    }

    private static func pairs(_ fields: [UTF8String: ObjectValue]) -> String {
        fields.sorted { $0.key < $1.key }.map { "\(harmless($0.key.string)): \(part($0.value))" }
            .joined(separator: ", ")
    }

    /// A value inside another one: what has parts is set apart.
    private static func part(_ value: ObjectValue) -> String {
        switch value {
        case .list(let values) where !values.isEmpty: "(\(cell(value)))"
        case .map(let fields) where !fields.isEmpty: "(\(pairs(fields)))"
        case .null, .bool, .integer, .double, .string, .text, .bytes, .reference, .counter, .list, .map:
            cell(value)
        }
    }

    /// A text with no more than one line of it shown.
    private static func line(of text: String) -> String {
        guard text.contains(where: \.isNewline) else { return harmless(text) }
        return harmless(String(text.prefix { !$0.isNewline })) + "…"
    }

    /// Control characters but line feeds and tabs in the form `\u{1b}`: what others wrote must not steer a
    /// terminal.
    static func harmless(_ text: String) -> String {
        func isControl(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.reduce(into: "") { result, scalar in
            result += isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }
    }
}
