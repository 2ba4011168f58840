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

    /// Recipients to whom a key was never sealed, or who have said that none of the boxes for them held it.
    ///
    /// Anybody who may seal can seal rubbish. Who has said so for the *n*th time is given the key until *n*
    /// devices have since it first did: one of them means it well, unless all of so many are bad.
    /// - Parameter giver: Who asks. What it has answered already it need not answer again.
    /// - Complexity: O(*n*) in the credentials, and in the boxes for the key.
    public func recipients(lacking key: Digest, by giver: DeviceID) -> [AgreementPublicKey] {
        var tags: Set<[UInt8]> = []
        var reports: [DeviceID: [Int]] = [:]
        for (number, credential) in credentials.enumerated() {
            // What is not valid is in no honest answer's past.
            if let device = credential.device, credential.body.reportsLack(of: key),
                membership.entries[number].standing != nil
            {
                reports[device, default: []].append(number)
            }
            tags.formUnion(credential.body.sealed(of: key).map(\.tag))
        }
        var lacking = recipients().filter { !tags.contains(ContentKey.tag($0, key)) }
        for device in members().devices where !device.isSuspended {
            let box = device.chain.box
            guard let all = reports[device.id], !lacking.contains(box),
                let first = all.min(by: { membership.entries[$0].rank < membership.entries[$1].rank })
            else { continue }
            let answers = answers(for: key, to: box)
            let givers = Set(
                answers.filter { membership.entries[$0].past.contains(first) }
                    .compactMap { credentials[$0].device })
            // Nor does it go on when its answers, for whatever reason, do not know of the reports.
            let isSpent = answers.count { credentials[$0].device == giver } > all.count
            if givers.count < all.count, !givers.contains(giver), !isSpent { lacking.append(box) }
        }
        return lacking
    }

    /// Credentials in which a key was sealed to somebody.
    private func answers(for key: Digest, to box: AgreementPublicKey) -> [Int] {
        let tag = ContentKey.tag(box, key)
        return credentials.indices.filter { number in
            credentials[number].body.sealed(of: key).contains { $0.tag == tag }
        }
    }

    /// Keys of the space that were sealed to a device, which does not know them all the same, and has not
    /// said so since.
    /// - Parameter isKnown: Whether the device knows a key.
    /// - Complexity: O(*n*) in the credentials, and in the boxes for keys that are not known.
    public func unopened(
        by device: DeviceID, _ box: AgreementPublicKey, isKnown: (Digest) -> Bool
    ) -> [Digest] {
        let rotated = rotatedKeys()
        var reported: [Digest: Int] = [:]
        var given: [Digest: [Int]] = [:]
        for (number, credential) in credentials.enumerated() {
            guard let key = credential.body.namedKey, !isKnown(key), rotated.contains(key) else { continue }
            if credential.device == device, credential.body.reportsLack(of: key),
                membership.entries[number].standing != nil
            {
                reported[key] = number
            }
            let tag = ContentKey.tag(box, key)
            if credential.body.sealed(of: key).contains(where: { $0.tag == tag }) {
                given[key, default: []].append(number)
            }
        }
        return given.filter { key, numbers in
            guard let report = reported[key] else { return true }
            return numbers.contains { membership.entries[$0].past.contains(report) }
        }.keys.sorted()
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
    /// The key that it brings in or shares.
    fileprivate var namedKey: Digest? {
        if case .keyShare(let key, _) = self { return key }
        return rotation?.key
    }

    /// Whether it brings a key in or shares it.
    fileprivate func names(_ key: Digest) -> Bool { namedKey == key }

    /// Whether its issuer says that it lacks a key: it shares it with nobody.
    fileprivate func reportsLack(of key: Digest) -> Bool {
        if case .keyShare(key, let sealed) = self { return sealed.isEmpty }
        return false
    }

    /// Whether a key is sealed to somebody in it.
    public func seals(_ key: Digest) -> Bool { !sealed(of: key).isEmpty }

    /// Whether somebody's keys may come from it: others are wrapped in it, or one is shared with a box key.
    public func bringsKeys(to box: AgreementPublicKey) -> Bool {
        guard case .keyShare(let key, let sealed) = self else { return rotation != nil }
        let tag = ContentKey.tag(box, key)
        return sealed.contains { $0.tag == tag }
    }

    /// Boxes that hold a key.
    fileprivate func sealed(of key: Digest) -> [SealedKey] {
        if case .keyShare(key, let sealed) = self { return sealed }
        if let rotation, rotation.key == key { return rotation.sealed }
        return []
    }
}
