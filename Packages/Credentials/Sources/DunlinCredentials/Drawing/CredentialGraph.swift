import DunlinKeys

/// The graph of a space's credentials, laid out to be looked at: a lane for each device in the order of rank,
/// time by depth.
public struct CredentialGraph: Sendable {
    /// One credential.
    struct Node: Sendable {
        var id: CredentialID
        var lane: Int
        var depth: Int
        /// Among those of its lane and depth.
        var slot: Int
        var label: (String, String)
        /// Who does what, and what it counts for.
        var title: String
        var status: CredentialStatus
        /// Those of its parents that are in no other parent's past.
        var parents: [Int]
        /// What takes its effect away.
        var cause: Int?
    }

    /// A device, or an identity's own key.
    struct Lane: Sendable {
        var name: String
        var identity: IdentityID
        var isPresent: Bool
        /// Credentials that it has at most at one depth.
        var height = 1
    }

    private(set) var nodes: [Node] = []
    private(set) var lanes: [Lane] = []
    /// Letters and the keys that they stand for, for a legend.
    private(set) var people: [(name: String, identity: IdentityID, role: Role?)] = []
    private(set) var depth = 0

    private struct LaneKey: Hashable {
        var identity: IdentityID
        var device: DeviceID?
    }

    /// Lays out all credentials of a set, those that count for nothing too.
    /// - Parameters:
    ///   - own: Who looks at it.
    ///   - name: What somebody is called; nil for a letter.
    /// - Complexity: O(*n* log *n*) in the credentials, and in the past of each for its parents.
    public init(
        _ set: CredentialSet, own: IdentityID? = nil, name: (IdentityID) -> String? = { _ in nil }
    ) {
        let words = CredentialWords(set, own: own, name: name)
        let membership = set.membership
        let view = set.members()
        let ordered = set.credentials.indices.sorted {
            membership.entries[$0].rank < membership.entries[$1].rank
        }
        var places: [Int: Int] = [:]
        for (place, number) in ordered.enumerated() { places[number] = place }
        let keys = Self.laneKeys(set, ordered, words)
        var numbers: [LaneKey: Int] = [:]
        for (number, key) in keys.enumerated() {
            numbers[key] = number
            lanes.append(
                Lane(
                    name: key.device == nil
                        ? "\(words.name(key.identity)) (phrase)" : words.device(key.device),
                    identity: key.identity,
                    isPresent: key.device.map { view.members[key.identity]?.devices[$0] != nil }
                        ?? (view.members[key.identity] != nil)))
        }
        var used: [[Int]: Int] = [:]
        for number in ordered {
            let credential = set.credentials[number]
            let entry = membership.entries[number]
            let key = LaneKey(identity: credential.identity, device: credential.device)
            guard let lane = numbers[key], let status = set.status(of: credential.id) else { continue }
            let slot = used[[lane, entry.depth], default: 0]
            used[[lane, entry.depth]] = slot + 1
            lanes[lane].height = max(lanes[lane].height, slot + 1)
            depth = max(depth, entry.depth)
            let parents = membership.maximal(entry.act.parents.compactMap { membership.index[$0] })
            nodes.append(
                Node(
                    id: credential.id, lane: lane, depth: entry.depth, slot: slot,
                    label: words.label(credential.body, by: credential.identity),
                    title: words.sentence(credential.id) + " (by \(words.device(credential.device))): "
                        + words.status(status),
                    status: status, parents: parents.compactMap { places[$0] }.sorted(),
                    cause: status.causeID.flatMap { membership.index[$0] }.flatMap { places[$0] }))
        }
        people = words.identities.map { (words.name($0), $0, view.members[$0]?.role) }
    }

    /// Devices by identity, both in the order of coming.
    private static func laneKeys(
        _ set: CredentialSet, _ ordered: [Int], _ words: CredentialWords
    ) -> [LaneKey] {
        var byIdentity: [IdentityID: [LaneKey]] = [:]
        for number in ordered {
            let credential = set.credentials[number]
            let own = LaneKey(identity: credential.identity, device: credential.device)
            let guest = credential.body.admission.map { LaneKey(identity: $0.identity, device: $0.device) }
            for key in [own, guest].compactMap({ $0 })
            where !byIdentity[key.identity, default: []].contains(key) {
                byIdentity[key.identity, default: []].append(key)
            }
        }
        return words.identities.flatMap { byIdentity[$0] ?? [] }
    }
}

extension CredentialGraph {
    /// The graph in Graphviz's language.
    public var dot: String {
        var lines = [
            "digraph credentials {", "  rankdir=LR;",
            "  node [shape=box, style=\"rounded,filled\", fontname=\"sans-serif\", fontsize=10];",
        ]
        for (number, lane) in lanes.enumerated() {
            lines.append("  subgraph cluster_\(number) {")
            lines.append("    label=\(Self.quoted(lane.name)); color=gray;")
            for (place, node) in nodes.enumerated() where node.lane == number {
                lines.append(
                    "    n\(place) [label=\(Self.quoted(Self.text(node))), "
                        + "tooltip=\(Self.quoted(node.title)), \(Self.look(node.status))];")
            }
            lines.append("  }")
        }
        for (place, node) in nodes.enumerated() {
            for parent in node.parents { lines.append("  n\(parent) -> n\(place);") }
            if let cause = node.cause {
                lines.append("  n\(cause) -> n\(place) [style=dashed, color=\"#8a5a00\", constraint=false];")
            }
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    private static func text(_ node: Node) -> String {
        let mark =
            switch node.status {
            case .live: ""
            case .void: "void"
            case .invalid: "not allowed"
            }
        return [node.label.0, node.label.1, mark].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func look(_ status: CredentialStatus) -> String {
        switch status {
        case .live: "fillcolor=\"#e3f2e6\", color=\"#1d6b35\""
        case .void: "fillcolor=\"#fdf1d6\", color=\"#8a5a00\", style=\"rounded,filled,dashed\""
        case .invalid: "fillcolor=\"#fbe3e1\", color=\"#a3261b\", shape=octagon"
        }
    }

    /// A text that others may have written, as a string of the language.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            default: quoted += scalar.isHarmless ? String(scalar) : "\u{fffd}"
            }
        }
        return quoted + "\""
    }
}

extension CredentialStatus {
    /// The credential that makes one void.
    var causeID: CredentialID? {
        guard case .void(let cause) = self else { return nil }
        switch cause {
        case .restsOn(let id), .removed(let id), .revoked(let id), .demoted(let id), .cancelled(let id):
            return id
        case .usedUp, .councilBroken: return nil
        }
    }
}

extension Unicode.Scalar {
    /// Neither a control character nor one that turns the direction of writing.
    var isHarmless: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
