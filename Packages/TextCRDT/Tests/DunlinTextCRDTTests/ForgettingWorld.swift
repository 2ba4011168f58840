import DunlinCausality
import DunlinEncoding
import DunlinTextCRDT
import Testing

/// Replicas that edit apart, meet and forget; each has a twin that does the same and never forgets.
struct ForgettingWorld {
    var random: SeededGenerator
    let seed: UInt64
    var plain: [Text] = []
    var forgetful: [Text] = []
    /// Versions that all replicas have seen, so that everything later has them in its past.
    var settled: [VersionVector] = []
    /// Versions that each replica had.
    var versions: [[VersionVector]] = []
    var anchors: [TextAnchor] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed &+ 77)
        for _ in 0..<Int.random(in: 2...4, using: &random) { add(Text.init(replica:), Text.init(replica:)) }
    }

    mutating func add(_ plain: (ReplicaID) throws -> Text, _ forgetful: (ReplicaID) throws -> Text) rethrows {
        let replica = ConvergenceTests.replica(UInt8(self.plain.count + 1))
        self.plain.append(try plain(replica))
        self.forgetful.append(try forgetful(replica))
        versions.append([])
    }

    mutating func anyone() -> Int { Int.random(in: plain.indices, using: &random) }

    mutating func step() throws {
        switch Int.random(in: 0..<40, using: &random) {
        case 0..<18: try edit(anyone())
        case 18..<21: try mark(anyone())
        case 21..<32: try exchange(from: anyone(), to: anyone())
        case 32..<34: try reload(anyone())
        case 34: try meet()
        case 35..<38: try forget(anyone())
        case 38: try refuse(anyone())
        default: if plain.count < 6 { try join(from: anyone()) }
        }
    }

    /// Does the same to both twins.
    private mutating func edit(_ index: Int) throws {
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            var copy = random
            try ConvergenceTests.edit(&plain[index], &random)
            try ConvergenceTests.edit(&forgetful[index], &copy)
        }
        versions[index].append(plain[index].version)
        let position = Int.random(in: 0...plain[index].count, using: &random)
        let side = TextAnchor.Side.allCases.randomElement(using: &random) ?? .after
        let anchor = try plain[index].anchor(at: position, side: side)
        #expect(try forgetful[index].anchor(at: position, side: side) == anchor)
        anchors.append(anchor)
    }

    private mutating func mark(_ index: Int) throws {
        let count = plain[index].count
        guard count > 0 else { return }
        let start = Int.random(in: 0..<count, using: &random)
        let range = start..<min(count, start + Int.random(in: 1...8, using: &random))
        let key: UTF8String = Bool.random(using: &random) ? "bold" : "link"
        let value: CBORValue? =
            Int.random(in: 0..<3, using: &random) == 0
            ? nil : .unsigned(UInt64.random(in: 0..<3, using: &random))
        let expansion = MarkExpansion.allCases.randomElement(using: &random) ?? .none
        try plain[index].mark(range, key, value, expansion: expansion)
        try forgetful[index].mark(range, key, value, expansion: expansion)
    }

    mutating func exchange(from source: Int, to target: Int) throws {
        let whole = Int.random(in: 0..<4, using: &random) == 0
        let since = whole ? VersionVector() : plain[target].version
        let update = try plain[source].encode(since: since)
        try plain[target].merge(update)
        let forgotten = try forgetful[source].forgottenVersion()
        if since.dominates(forgotten) {
            let other = try forgetful[source].encode(since: since)
            #expect(other == update, "seed \(seed): what was forgotten shows in an update")
            try forgetful[target].merge(other)
        } else {
            #expect(throws: TextError.historyForgotten) { try forgetful[source].encode(since: since) }
            try forgetful[target].merge(update)
        }
    }

    private mutating func reload(_ index: Int) throws {
        plain[index] = try Self.reloaded(plain[index])
        forgetful[index] = try Self.reloaded(forgetful[index])
    }

    static func reloaded(_ text: Text, as replica: ReplicaID? = nil) throws -> Text {
        let history = try text.savedHistory()
        let loaded = try Text(loading: text.savedContent(), replica: replica ?? text.replica) { history }
        #expect(try loaded.savedHistory() == history)
        return loaded
    }

    mutating func meet() throws {
        for source in plain.indices { for target in plain.indices { try exchange(from: source, to: target) } }
        settled.append(plain[0].version)
    }

    private mutating func forget(_ index: Int) throws {
        guard let version = settled.randomElement(using: &random) else { return }
        let before = forgetful[index].version
        try forgetful[index].forgetHistory(before: version)
        #expect(forgetful[index].version == before)
        #expect(try forgetful[index].forgottenVersion().dominates(version))
    }

    /// Whatever some replica knows: an update that has not seen what was forgotten, or a version that others
    /// do not know.
    private mutating func refuse(_ index: Int) throws {
        let forgotten = try forgetful[index].forgottenVersion()
        if let old = versions[index].filter({ !$0.dominates(forgotten) }).randomElement(using: &random) {
            #expect(throws: TextError.historyForgotten) { try forgetful[index].string(at: old) }
            #expect(throws: TextError.historyForgotten) { try forgetful[index].encode(since: old) }
            var absent = Text(replica: ConvergenceTests.replica(200))
            try absent.merge(plain[index].encode(since: VersionVector(), upTo: old))
            try ConvergenceTests.edit(&absent, &random)
            let history = try forgetful[index].savedHistory()
            for since in [old, VersionVector()] {
                let update = try absent.encode(since: since)
                #expect(throws: TextError.historyForgotten) { try forgetful[index].merge(update) }
            }
            #expect(try forgetful[index].savedHistory() == history)
        }
        let other = plain[anyone()].version
        var copy = forgetful[index]
        do {
            try copy.forgetHistory(before: other)
        } catch {
            #expect(error == .versionNotSettled || error == .missingEvents)
            #expect(try copy.savedHistory() == forgetful[index].savedHistory())
        }
        try check(index, against: copy)
    }

    private mutating func join(from index: Int) throws {
        let (first, second) = (plain[index], forgetful[index])
        try add {
            try Self.reloaded(first, as: $0)
        } _: {
            try Self.reloaded(second, as: $0)
        }
    }

    // MARK: Checking

    func check(_ index: Int, against other: Text? = nil) throws {
        var plain = plain[index], forgetful = other ?? forgetful[index]
        #expect(forgetful.string == plain.string, "seed \(seed)")
        #expect(forgetful.version == plain.version && forgetful.count == plain.count)
        #expect(forgetful.savedContent() == plain.savedContent())
        #expect(forgetful.attributedRuns() == plain.attributedRuns(), "seed \(seed)")
        #expect(
            try forgetful.authorship(of: 0..<plain.count) == plain.authorship(of: 0..<plain.count),
            "seed \(seed)")
        let forgotten = try forgetful.forgottenVersion()
        for version in versions[index] where version.dominates(forgotten) {
            #expect(try forgetful.string(at: version) == plain.string(at: version), "seed \(seed)")
            #expect(try forgetful.encode(since: version) == plain.encode(since: version), "seed \(seed)")
        }
        for anchor in anchors {
            guard let event = anchor.event, let place = try plain.position(of: anchor) else { continue }
            if let found = try forgetful.position(of: anchor) {
                #expect(found == place, "seed \(seed)")
            } else {
                let sides = try TextAnchor.Side.allCases.map {
                    try plain.position(of: TextAnchor(event: event, side: $0))
                }
                #expect(sides[0] == sides[1] && forgotten.contains(event), "seed \(seed): it was there")
            }
        }
    }
}
