import Dunlin
import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinObjects

extension CommandHost {
    func why(_ request: ObjectValue) async throws -> ObjectValue {
        let credentials = try await credentials(request)
        let words = CredentialWords(credentials, own: await own())
        let identity = try Client.member(named: request.required("member"), among: words.identities)
        let explanation = credentials.explanation(of: identity)
        return .record([
            "identity": .plain(DIDKey.encode(identity)), "name": .plain(words.name(identity)),
            "outcome": .plain(Self.outcome(explanation, words)),
            "steps": .list(explanation.steps.map { Self.step($0, words) }),
        ])
    }

    func graph(_ request: ObjectValue) async throws -> ObjectValue {
        let credentials = try await credentials(request)
        let graph = CredentialGraph(credentials, own: await own())
        var fields: [String: ObjectValue] = [:]
        if request.flag("dot") { fields["dot"] = .plain(graph.dot) }
        if request.flag("svg") { fields["svg"] = .plain(graph.svg) }
        return .record(fields)
    }

    private func own() async -> IdentityID? {
        await client.identity.flatMap { try? DIDKey.decode($0) }
    }

    /// Those of the space that is named, or of the only one.
    private func credentials(_ request: ObjectValue) async throws -> CredentialSet {
        if request.string("space") != nil {
            return try await client.credentials(of: space(request))
        }
        let spaces = await client.spaces
        guard spaces.count == 1 else {
            throw CommandFailure(
                .unknownSpace, "This home has \(spaces.count) spaces; say which with --space.")
        }
        return try await client.credentials(of: spaces[0].id)
    }

    private static func outcome(_ explanation: MembershipExplanation, _ words: CredentialWords) -> String {
        let name = words.name(explanation.identity)
        switch explanation.outcome {
        case .member(let role): return "\(name) is a member, as \(role)."
        case .formerMember: return "\(name) was a member, and no longer is."
        case .neverMember: return "\(name) is no member: what would let it in counts for nothing."
        case .unknown: return "\(name) was never let in."
        }
    }

    private static func step(_ step: MembershipExplanation.Step, _ words: CredentialWords) -> ObjectValue {
        .record([
            "id": .plain(step.id.description), "issuer": .plain(DIDKey.encode(step.issuer)),
            "device": step.device.map { .plain("\($0)") } ?? .null,
            "what": .plain(words.sentence(step.id) + " (by \(words.device(step.device)))"),
            "status": .plain(status(step.status)), "why": .plain(why(step, words)),
            "deciding": .bool(step.isDeciding),
        ])
    }

    private static func status(_ status: CredentialStatus) -> String {
        switch status {
        case .live: "live"
        case .void: "void"
        case .invalid: "invalid"
        }
    }

    private static func why(_ step: MembershipExplanation.Step, _ words: CredentialWords) -> String {
        switch step.effect {
        case .letsIn: "lets in"
        case .takenBack(let id): "taken back: \(words.sentence(id))"
        case .superseded(let id): "another counts: \(words.sentence(id))"
        case .takesOut: "takes out"
        case .setsRole: "sets the role"
        case .addsDevice: "adds a device"
        case .takesDevice: "takes out a device"
        case .past: "no longer matters"
        case .nothing: words.status(step.status)
        case .background: step.status == .live ? "the reason for something here" : words.status(step.status)
        }
    }
}
