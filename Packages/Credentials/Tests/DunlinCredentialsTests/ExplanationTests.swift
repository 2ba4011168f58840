import DunlinCredentials
import DunlinKeys
import Foundation
import Testing

@Suite struct ExplanationTests {
    /// Who is asked about in which scenario, and the chain: what each step does, `!` where it decides.
    static let expected: [(scenario: Int, person: String, outcome: String, steps: String)] = [
        (0, "B", "admin", "g background, 1b letsIn!, 3y nothing"),
        (0, "C", "former", "g background, 1b background, 2c takenBack by 3x, 3x takesOut 2c!"),
        (1, "M", "never", "g background, 1b background, 3m nothing!, 3r background"),
        (1, "N", "never", "g background, 1b background, 3m background, 3r background, 4n nothing!"),
        (
            2, "C", "former",
            "g background, 1b background, 2c takenBack by 3r, 3r takesOut 2c!, 4s takesOut 2c!"
        ),
        (3, "A", "admin", "g letsIn!, 1d addsDevice, 3r takesDevice, 3t nothing"),
        (4, "B", "editor", "g background, 1b letsIn!, 3d setsRole!"),
        (4, "C", "admin", "g background, 1b background, 2c letsIn!, 3d background, 3p nothing"),
        (5, "M", "never", "g background, 1b background, 2m nothing!, 3z background"),
        (6, "A", "former", "g takenBack by 5q, 5q takesOut g!"),
        (7, "X", "editor or never", ""), (7, "Y", "editor or never", ""),
        (
            8, "B", "former",
            "g background, 1b takenBack by 3r, 2c background, 3r takesOut 1b!, 4b takenBack by 5z, "
                + "5z takesOut 4b!"
        ),
        (9, "C", "former", "g background, 2c takenBack by 4l, 3d past, 4l takesOut 2c!"),
        (10, "C", "former", ""), (11, "A", "admin", "g letsIn!, 4q nothing"),
        (12, "B", "admin", ""),
    ]

    @Test(arguments: expected.indices)
    func `the chain of credentials leads from the genesis to what decides`(_ number: Int) throws {
        let (place, person, outcome, steps) = Self.expected[number]
        let scenario = try SignedScenario(Scenario.all[place])
        let explanation = scenario.set.explanation(of: scenario.person(person))
        let word =
            switch explanation.outcome {
            case .member(let role): role.description
            case .formerMember: "former"
            case .neverMember: "never"
            case .unknown: "unknown"
            }
        // Which of two equals comes first follows from their ids.
        #expect(outcome.contains(word), "\(Scenario.all[place].name), \(person)")
        let decides = explanation.steps.contains { $0.isDeciding }
        #expect(decides, "\(Scenario.all[place].name), \(person)")
        #expect(explanation.steps.first?.id == scenario.set.genesis?.id)
        guard !steps.isEmpty else { return }
        let told = explanation.steps.map { step -> String in
            var text = "\(scenario.name(step.id)) "
            switch step.effect {
            case .takenBack(let id): text += "takenBack by \(scenario.name(id))"
            case .superseded(let id): text += "superseded by \(scenario.name(id))"
            case .takesOut(let id): text += "takesOut \(scenario.name(id))"
            default: text += "\(step.effect)"
            }
            return text + (step.isDeciding ? "!" : "")
        }.sorted()
        let wanted = steps.split(separator: ",").map { $0.drop { $0 == " " } }.map { String($0) }.sorted()
        #expect(told == wanted, "\(Scenario.all[place].name), \(person)")
    }

    @Test func `somebody of whom no credential tells is unknown`() throws {
        let scenario = try SignedScenario(Scenario.all[0])
        var random = SeededRandom(seed: 1)
        let stranger = try SigningKey.make(random: &random).publicKey
        #expect(scenario.set.explanation(of: stranger).outcome == .unknown)
        #expect(scenario.set.explanation(of: stranger).steps.isEmpty)
    }

    @Test func `words have names instead of keys`() throws {
        let scenario = try SignedScenario(Scenario.all[6])
        let words = CredentialWords(scenario.set, own: scenario.person("B")) { scenario.name($0) }
        let removal = try #require(scenario.ids["5q"]), late = try #require(scenario.ids["5r"])
        #expect(words.sentence(removal) == "B (you) removes A with the council, signed by C")
        let status = try #require(scenario.set.status(of: late))
        #expect(
            words.status(status)
                == "void: its issuer was taken out at the same time "
                + "(B (you) removes A with the council, signed by C)")
    }
}

@Suite struct CredentialGraphTests {
    @Test(arguments: Scenario.all) func `a drawing is the same every time`(_ scenario: Scenario) throws {
        let first = try SignedScenario(scenario), second = try SignedScenario(scenario)
        #expect(CredentialGraph(first.set).svg == CredentialGraph(second.set).svg)
        #expect(CredentialGraph(first.set).dot == CredentialGraph(second.set).dot)
        let svg = CredentialGraph(first.set).svg
        #expect(svg.split(separator: "<title>").count == first.set.count + 1)
        // To look at them.
        if let folder = ProcessInfo.processInfo.environment["DRAW"] {
            try svg.write(toFile: "\(folder)/\(scenario.name).svg", atomically: true, encoding: .utf8)
        }
    }

    @Test func `what others wrote is text in a drawing`() throws {
        let scenario = try SignedScenario(Scenario.all[1])
        let name = "</text><script>\"'&\u{7}\u{202e}\\"
        let graph = CredentialGraph(scenario.set) { _ in name }
        #expect(!graph.svg.contains("<script") && !graph.svg.contains("\u{7}"))
        #expect(!graph.svg.contains("\u{202e}") && !graph.dot.contains("\u{202e}"))
        #expect(graph.svg.contains("&lt;/text&gt;"))
        #expect(graph.dot.contains("\\\"'&"))
    }
}
