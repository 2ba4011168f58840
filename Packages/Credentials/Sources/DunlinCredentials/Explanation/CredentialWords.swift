import DunlinKeys

/// Credentials in plain words, with names instead of keys.
///
/// People without a name are letters in the order in which they came, devices numbers behind them: `B2` is
/// the second device of B. Names are written as they are given: whoever shows them makes them harmless.
public struct CredentialWords: Sendable {
    private let set: CredentialSet
    private var people: [IdentityID: String] = [:]
    private var devices: [DeviceID: String] = [:]
    /// Everybody that a credential lets in or names as its issuer, in the order of coming.
    public private(set) var identities: [IdentityID] = []

    /// Words for the credentials of a set.
    /// - Parameters:
    ///   - own: Who reads them.
    ///   - name: What somebody is called; nil for a letter.
    public init(
        _ set: CredentialSet, own: IdentityID? = nil, name: (IdentityID) -> String? = { _ in nil }
    ) {
        self.set = set
        var plain: [IdentityID: String] = [:]
        var counts: [IdentityID: Int] = [:]
        let ordered = set.membership.entries.indices.sorted {
            set.membership.entries[$0].rank < set.membership.entries[$1].rank
        }
        for number in ordered {
            let credential = set.credentials[number]
            for identity in [credential.identity, credential.body.admission?.identity].compactMap({ $0 })
            where plain[identity] == nil {
                let called = name(identity) ?? Self.letters(identities.count)
                plain[identity] = called
                people[identity] = called + (identity == own ? " (you)" : "")
                identities.append(identity)
            }
            guard let admission = credential.body.admission, devices[admission.device] == nil else {
                continue
            }
            counts[admission.identity, default: 0] += 1
            devices[admission.device] =
                "\(plain[admission.identity] ?? "?")\(counts[admission.identity] ?? 1)"
        }
    }

    /// A, B, … Z, AA, AB, …
    private static func letters(_ number: Int) -> String {
        let letter = String(UnicodeScalar(UInt8(65 + number % 26)))
        return number < 26 ? letter : letters(number / 26 - 1) + letter
    }

    /// What somebody is called.
    public func name(_ identity: IdentityID) -> String { people[identity] ?? "somebody unknown" }

    /// What a device is called; the identity's own key when nil.
    public func device(_ device: DeviceID?) -> String {
        device.map { devices[$0] ?? "an unknown device" } ?? "its recovery phrase"
    }

    /// What a credential does, without who does it.
    public func deed(_ body: CredentialBody, by issuer: IdentityID) -> String {
        switch body {
        case .genesis: "founds the space"
        case .admit(let admission, let role, let redemption):
            "lets \(name(admission.identity)) in as \(role)"
                + (redemption == nil ? "" : ", who was invited")
        case .deviceAdmit(let admission): "adds the device \(device(admission.device))"
        case .deviceRevoke(let target, _, _): "takes out the device \(device(target))"
        case .remove(let target, _, _, let council):
            if target == issuer {
                "leaves"
            } else {
                "removes \(name(target))"
                    + (council.map { decision in
                        let others = decision.cosignatures.map(\.identity).filter { $0 != issuer }
                        return " with the council" + (others.isEmpty ? "" : ", signed by " + list(others))
                    } ?? "")
            }
        case .role(let target, let role, _):
            "makes \(target == issuer ? "itself" : name(target)) \(Self.article(role))"
        case .invite(let invite):
            "opens an invitation for \(invite.limit) \(invite.limit == 1 ? "device" : "devices")"
        case .inviteCancel: "ends an invitation"
        case .councilSet(let council): "names a council: \(council.threshold) of \(list(council.members))"
        case .keyRotate: "makes a new key"
        case .keyShare: "shares a key"
        case .deviceSuspect(let target): "holds the device \(device(target)) for stolen"
        case .deviceLift(let target): "trusts the device \(device(target)) again"
        }
    }

    /// What a credential does, in two short lines.
    public func label(_ body: CredentialBody, by issuer: IdentityID) -> (String, String) {
        switch body {
        case .genesis: ("founds", "the space")
        case .admit(let admission, let role, let redemption):
            ("lets in \(name(admission.identity))", "as \(role)" + (redemption == nil ? "" : ", invited"))
        case .deviceAdmit(let admission): ("adds device", device(admission.device))
        case .deviceRevoke(let target, _, _): ("takes out", "device \(device(target))")
        case .remove(let target, _, _, let council):
            target == issuer
                ? ("leaves", "") : ("removes \(name(target))", council == nil ? "" : "with the council")
        case .role(let target, let role, _): ("makes \(name(target))", Self.article(role))
        case .invite(let invite): ("invites", "\(invite.limit) as \(invite.role)")
        case .inviteCancel: ("ends an", "invitation")
        case .councilSet(let council): ("names council", "\(council.threshold) of \(list(council.members))")
        case .keyRotate: ("makes a key", "")
        case .keyShare: ("shares a key", "")
        case .deviceSuspect(let target): ("suspects", "device \(device(target))")
        case .deviceLift(let target): ("trusts again", "device \(device(target))")
        }
    }

    /// What a credential counts for, and why.
    public func status(_ status: CredentialStatus) -> String {
        switch status {
        case .live: "counts"
        case .invalid(let error): "was not allowed: " + Self.withoutStop(error.description)
        case .void(let cause): "void: " + self.cause(cause)
        }
    }

    private func cause(_ cause: VoidCause) -> String {
        switch cause {
        case .restsOn(let id): "it rests on something void (\(sentence(id)))"
        case .removed(let id): "its issuer was taken out at the same time (\(sentence(id)))"
        case .revoked(let id): "its device was taken out at the same time (\(sentence(id)))"
        case .demoted(let id): "its issuer lost the right at the same time (\(sentence(id)))"
        case .usedUp: "others have used up the invitation"
        case .cancelled(let id): "the invitation was ended at the same time (\(sentence(id)))"
        case .councilBroken: "too many who signed were removed by the council at the same time"
        }
    }

    /// Who did what.
    public func sentence(_ id: CredentialID) -> String {
        guard let credential = set[id] else { return "an unknown credential" }
        return "\(name(credential.identity)) \(deed(credential.body, by: credential.identity))"
    }

    private func list(_ identities: [IdentityID]) -> String {
        identities.map { name($0) }.sorted().joined(separator: ", ")
    }

    private static func article(_ role: Role) -> String { role == .reader ? "a reader" : "an \(role)" }

    private static func withoutStop(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }
}
