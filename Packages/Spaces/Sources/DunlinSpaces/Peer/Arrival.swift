import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// A device on its way into a space of its identity: it knows the space's secret, and looks for a member that
/// gives it the credentials.
///
/// It comes in because another device of the identity has let it in, or with an admission that the identity
/// itself has signed.
public struct Arrival: Sendable {
    /// The keys that this device will use there.
    public var secrets: SpaceSecrets
    /// How the space is called until its members say.
    public var name: String
    /// The space's first credential; nil for the identity's own space, whose genesis the identity has signed.
    public var genesis: CredentialID?
    /// A device.admit signed by the identity, upon its own admission.
    public var admission: Credential?
    /// The identity's own keys, while the phrase is at hand: they ask, sign the admission when the
    /// credentials are here, and open what was sealed for recovery.
    public var root: IdentityKeys?

    /// A device on its way.
    public init(
        secrets: SpaceSecrets, name: String, genesis: CredentialID?, admission: Credential? = nil,
        root: IdentityKeys? = nil
    ) {
        self.secrets = secrets
        self.name = name
        self.genesis = genesis
        self.admission = admission
        self.root = root
    }
}

/// What has come of an arrival so far.
struct ArrivalState: Sendable {
    /// Bytes of credentials that are taken from one member.
    static let byteLimit = 64 << 20

    var arrival: Arrival
    var device: LocalDevice
    /// The member that is being asked.
    var link: ConnectionID?
    var entries: [AdmissionBundle.Entry] = []
    var byteCount = 0
    /// The credentials are here, and show this device as present.
    var isReady = false

    mutating func begin(_ id: ConnectionID) {
        link = id
        entries = []
        byteCount = 0
    }

    /// - Returns: false when it is more than any space has.
    mutating func take(_ more: [AdmissionBundle.Entry]) -> Bool {
        byteCount += more.reduce(0) { $0 + $1.credential.count + 80 }
        guard byteCount <= Self.byteLimit else { return false }
        entries += more
        return true
    }

    /// Everything checked from the genesis on; nil when it is not this space's.
    func checked() -> CredentialSet? {
        guard let first = entries.first, let genesis = try? Credential(decoding: first.credential),
            case .genesis = genesis.body, genesis.space == arrival.secrets.space
        else { return nil }
        if let expected = arrival.genesis {
            guard genesis.id == expected else { return nil }
        } else {
            guard genesis.device == nil, genesis.identity == device.identity else { return nil }
        }
        var set = CredentialSet(space: arrival.secrets.space, genesis: genesis.id)
        for entry in entries {
            guard let credential = try? Credential(decoding: entry.credential) else { return nil }
            if case .waiting = set.insert(credential) { return nil }
        }
        return set
    }
}
