import DunlinKeys

extension CredentialSet {
    /// Ids of content keys from the one to write with on: of live rotations, the deepest first, ties by
    /// credential id.
    public func keyPreference() -> [Digest] { rotations().map(\.key) }

    /// The key to write with: of the live rotations to a clean key the deepest, ties by credential id. A key
    /// is clean when everybody to whom it was ever sealed, and who has made or shared it, is a present device
    /// that is not suspended.
    ///
    /// nil when there is none: whoever writes rotates first.
    /// - Complexity: O(*n*) in the credentials that carry keys, and in the boxes of those that are looked at.
    public func cleanKey() -> Digest? {
        let boxes = recipients()
        return rotations().first { isClean($0.key, for: boxes) }?.key
    }

    /// Whether everybody to whom a key was ever sealed is among the holders of `boxes`.
    private func isClean(_ key: Digest, for boxes: [AgreementPublicKey]) -> Bool {
        let tags = Set(boxes.map { ContentKey.tag($0, key) })
        let view = members()
        return credentials.allSatisfy { credential in
            guard credential.body.names(key) else { return true }
            // Who has made or shared it knows it, whether or not it has sealed it to itself.
            if let device = credential.device {
                guard let present = view.device(device), !present.isSuspended else { return false }
            } else if view.members[credential.identity] == nil {
                return false
            }
            return credential.body.sealed(of: key).allSatisfy { tags.contains($0.tag) }
        }
    }

    /// Keys that were brought in by right. What a mere share names may be no key of the space.
    public func rotatedKeys() -> Set<Digest> {
        Set(inOrder.compactMap { $0.body.rotation?.key })
    }

    /// Box keys of all who are to have new keys: present devices that are not suspended, and the key for
    /// recovery in an identity's own space.
    public func recipients() -> [AgreementPublicKey] {
        members().devices.filter { !$0.isSuspended }.map(\.chain.box) + (recoveryKey.map { [$0] } ?? [])
    }

    /// Recipients to whom a key was never sealed.
    public func recipients(lacking key: Digest) -> [AgreementPublicKey] {
        var tags: Set<[UInt8]> = []
        for credential in credentials { tags.formUnion(credential.body.sealed(of: key).map(\.tag)) }
        return recipients().filter { !tags.contains(ContentKey.tag($0, key)) }
    }

    /// The identity's key for recovery; only its own space has one.
    public var recoveryKey: AgreementPublicKey? {
        guard case .genesis(_, let key)? = genesis?.body else { return nil }
        return key
    }

    /// Live rotations, the deepest first.
    private func rotations() -> [(key: Digest, rank: Rank)] {
        var found: [(key: Digest, rank: Rank)] = []
        for number in credentials.indices where membership.current.live.contains(number) {
            guard let rotation = credentials[number].body.rotation else { continue }
            found.append((rotation.key, membership.entries[number].rank))
        }
        return found.sorted { $0.rank > $1.rank }
    }
}

extension CredentialBody {
    /// Whether it brings a key in or shares it.
    fileprivate func names(_ key: Digest) -> Bool {
        if case .keyShare(key, _) = self { return true }
        return rotation?.key == key
    }

    /// Boxes that hold a key.
    fileprivate func sealed(of key: Digest) -> [SealedKey] {
        if case .keyShare(key, let sealed) = self { return sealed }
        if let rotation, rotation.key == key { return rotation.sealed }
        return []
    }
}
