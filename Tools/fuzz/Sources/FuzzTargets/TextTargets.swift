import DunlinCausality
import DunlinEncoding
import DunlinSequences
import DunlinTextCRDT

/// What is merged into texts and loaded as texts.
enum TextTargets {
    static func text(_ input: [UInt8]) {
        var text = Text(replica: replica(9))
        made { try text.insert("abc", at: 0) }
        let before = text.string
        do {
            try text.merge(input)
        } catch { precondition(text.string == before, "a refused merge left a trace") }
        check(text)
        let end = made { try text.string(at: text.version) }
        precondition(end == text.string, "a replay gives another text")
        var copy = Text(replica: replica(8))
        made { try copy.merge(text.encode()) }
        precondition(copy.string == text.string, "who takes everything at once has another text")
        mergeBehindHorizon(input)
    }

    private static func mergeBehindHorizon(_ input: [UInt8]) {
        var text = forgetfulText()
        let before = made { try text.savedHistory() }
        do {
            try text.merge(input)
        } catch {
            let after = made { try text.savedHistory() }
            precondition(before == after, "a refused merge left a trace")
        }
        check(text)
        let (content, history) = (text.savedContent(), made { try text.savedHistory() })
        let copy = made {
            try Text(loading: content, replica: replica(9), history: { history })
        }
        let end = made { try copy.string(at: copy.version) }
        precondition(end == text.string, "a replay gives another text")
    }

    /// The content and the history of a saved text, damaged: what is accepted is one text.
    /// With checksums that fit it may read wrongly, and must not trap.
    static func savedText(_ input: [UInt8]) {
        let parts = messages(input)
        guard parts.count == 2 else { return }
        if let text = try? Text(loading: parts[0], replica: replica(9), history: { parts[1] }),
            let replayed = try? text.string(at: text.version)
        {
            precondition(replayed == text.string, "a damaged pair was accepted")
        }
        _ = try? Text(rebuildingFrom: parts[1], replica: replica(9))
        let forged = SavedHistory(Array(parts[1].dropLast(16)), of: parts[0]).encoded()
        if let text = try? Text(rebuildingFrom: forged, replica: replica(9)) {
            let end = made { try text.string(at: text.version) }
            precondition(end == text.string, "a replay gives another text")
        }
        guard var text = try? Text(loading: parts[0], replica: replica(9), history: { forged }) else {
            return
        }
        _ = text.string
        do {
            try text.insert("ab", at: text.count / 2)
            try text.delete(0..<1)
            try text.merge(textSeeds[0])
            _ = try text.string(at: text.version)
            _ = text.attributedRuns()
            _ = try text.authorship(of: 0..<text.count)
            try text.forgetHistory(before: text.version)
            _ = try text.savedHistory()
            _ = try text.encode()
        } catch {}
        _ = text.utf16Offset(ofScalar: text.count / 2)
    }

    private static func check(_ text: Text) {
        let string = text.string
        precondition(text.count == string.unicodeScalars.count, "scalars are counted wrongly")
        precondition(text.utf16Count == string.utf16.count, "UTF-16 units are counted wrongly")
        precondition(text.lineCount == string.utf8.count { $0 == 0x0a } + 1, "lines are counted wrongly")
    }

    // MARK: Seeds

    static var textSeeds: [[UInt8]] {
        let later = forgetfulText()
        let update = made { try later.encode(since: later.forgottenVersion()) }
        return sampleTexts().map { text in made { try text.encode() } } + [billions, update]
    }

    /// Operations that count to a billion and reach beyond any text, and one behind them.
    private static var billions: [UInt8] {
        var graph = CausalGraph()
        let units = 1 << 30
        for _ in 0..<2 {
            _ = made {
                try graph.append(
                    replica: replica(4), sequence: graph.nextSequence(of: replica(4)), count: units)
            }
        }
        _ = made { try graph.append(replica: replica(5), sequence: 0, count: 1) }
        var writer = ByteWriter()
        EventBatch(of: graph, in: [0..<graph.count]).write(&writer)
        let operations = [
            SequenceOperation(.deleteForward, at: 1, count: units),
            SequenceOperation(.deleteBackward, at: 1 << 40, count: units),
            SequenceOperation(.insert, at: 0, count: 1),
        ]
        SequenceColumns.write(
            operations.enumerated().map { SequenceColumns.Operation(number: $0 * units, operation: $1) },
            &writer)
        writer.varint(0)
        writer.raw([0x61])
        return writer.bytes
    }

    static var savedTextSeeds: [[UInt8]] {
        (sampleTexts() + [forgetfulText()]).map { text in
            joined([text.savedContent(), made { try text.savedHistory() }])
        }
    }

    /// A text with marks and two authors that has forgotten what was before, and went on.
    private static func forgetfulText() -> Text {
        var text = sampleTexts()[0]
        made { try text.mark(1..<4, "bold", .bool(true)) }
        made { try text.forgetHistory(before: text.version) }
        made { try text.insert("on", at: 2) }
        made { try text.mark(0..<3, "bold", nil) }
        return text
    }

    private static func sampleTexts() -> [Text] {
        var a = Text(replica: replica(1)), b = Text(replica: replica(2))
        made { try a.insert("hello", at: 0) }
        made { try b.merge(a.encode()) }
        made { try a.delete(1..<3) }
        made { try b.insert("X\n👍", at: 2) }
        made { try a.merge(b.encode()) }
        made { try a.insert("é", at: 0) }
        return [a, b, Text(replica: replica(3))]
    }
}
