import DunlinCredentials
import DunlinKeys

/// Which credentials everybody comes to know by feeds alone.
///
/// A control feed is read by whoever knows an admission that names it. One whose admission stands only in
/// itself, or in a feed like it, is read by those alone who were shown that admission: it and what stands
/// there does not count as written where others find it.
struct FeedGrounds: Sendable {
    /// Feeds that are read by all: the founder's, one's own, and those named in such feeds.
    private var feeds: Set<PublicSigningKey>
    /// Credentials that were seen in no such feed.
    private(set) var ungrounded: Set<CredentialID> = []
    /// Other feeds in which they were seen.
    private var sightings: [PublicSigningKey: Set<CredentialID>] = [:]

    /// - Parameter own: The control feed of this device.
    init(own: PublicSigningKey) { feeds = [own] }

    /// Notes a credential that is known without a feed.
    mutating func show(_ credential: Credential) {
        ungrounded.insert(credential.id)
        // The founder's feed is named by what stands at its beginning.
        if case .genesis(let admission, _) = credential.body { feeds.insert(admission.binding.control) }
    }

    /// Notes where a credential stands.
    /// - Parameters:
    ///   - isNew: It was not known before.
    ///   - admitted: The control feed that each credential names, if it counts as an admission.
    mutating func see(
        _ credential: Credential, in feed: PublicSigningKey, isNew: Bool,
        admitted: (CredentialID) -> PublicSigningKey?
    ) {
        if isNew { show(credential) }
        guard ungrounded.contains(credential.id) else { return }
        guard feeds.contains(feed) else {
            sightings[feed, default: []].insert(credential.id)
            return
        }
        var next = [credential.id]
        while let id = next.popLast() {
            guard ungrounded.remove(id) != nil, let named = admitted(id), feeds.insert(named).inserted else {
                continue
            }
            next += sightings.removeValue(forKey: named) ?? []
        }
    }

    /// What has to be written for others to know all of some credentials; the rest follows from it.
    /// - Parameters:
    ///   - credentials: parents first.
    ///   - needed: Whether one is to be written though it would follow.
    func missing(
        of credentials: [Credential], admitted: (CredentialID) -> PublicSigningKey?,
        needed: (Credential) -> Bool
    ) -> [Credential] {
        var rest = self
        var missing: [Credential] = []
        guard let own = feeds.first else { return [] }
        for credential in credentials
        where rest.ungrounded.contains(credential.id)
            || ungrounded.contains(credential.id) && needed(credential)
        {
            missing.append(credential)
            rest.see(credential, in: own, isNew: false, admitted: admitted)
        }
        return missing
    }
}
