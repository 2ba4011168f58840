import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinSpaces

/// What a device holds is taken away from it: one space, or all.
extension Client {
    /// Forgets a space on this device: first its keys, then its files. A damaged one, too.
    ///
    /// This device is taken out of the space first, so that it gets no keys of it any more; those who are not
    /// linked now hear of it from the others. The identity stays a member: its other devices go on, and
    /// ``returnTo(_:)`` brings this one back. What a crash leaves of the files is taken away when the home is
    /// opened next.
    /// - Throws: ``ClientError/haloStays`` for the identity's own space; ``SpaceError/unknownSpace(_:)`` as
    ///   ``ClientError/space(_:)``.
    public func forget(_ space: SpaceID) throws(ClientError) {
        try demandOriginal()
        guard space != haloID else { throw .haloStays }
        let name = "space/\(space)"
        guard try key(name) != nil else { throw .space(.unknownSpace(space)) }
        if let own = peer.device?.id, peer.isMember(of: space) {
            do throws(SpaceError) {
                try peer.revoke(own, in: space, wallClock: wallClock, random: &random)
                flush()
            } catch {
                // One that cannot be written is forgotten all the same.
                logger.notice("the space \(space) could not be told: \(error)")
            }
        }
        // The name says which files are left to be taken away.
        let nothing = SecretBytes(copying: [])
        try keep([
            .remove(name), .set("forgotten/\(space)", nothing), .set("skipped/\(space)", nothing),
        ])
        do { try keys.purge() } catch { throw ClientError(error) }
        damagedSpaces[space] = nil
        do throws(SpaceError) { try peer.forget(space) } catch {
            // A damaged one was never opened.
            guard case .unknownSpace = error else { throw .space(error) }
        }
        flush()
        try finishForgetting()
    }

    /// Takes the files of forgotten spaces away.
    func finishForgetting() throws(ClientError) {
        // A copy writes nothing; its original has done it or will.
        guard !isCopy else { return }
        let names = try keyNames(below: "forgotten/")
        guard !names.isEmpty else { return }
        for name in names {
            guard let space = SpaceID(bytes: (try? Hex.decode(String(name.dropFirst(10)))) ?? []) else {
                continue
            }
            try home.removeDatabase(Base32.encode(space.bytes))
        }
        try keep(names.map { .remove($0) })
        do { try keys.purge() } catch { throw ClientError(error) }
    }

    /// Takes the identity, all its keys and all spaces off this device: first the keys, then the files. The
    /// client is closed; the folder is no home afterwards. The phrase, or another device, brings the identity
    /// back.
    ///
    /// What a crash or an error leaves is taken away by ``signOut(at:keys:)``, or by making a home there.
    public func signOut() throws(ClientError) {
        try home.beginErasing()
        do { try keys.erase() } catch { throw ClientError(error) }
        // Closes the databases, and saves nothing.
        peer = Peer(random: &random)
        defer { close() }
        try home.erase()
    }

    /// Signs a home out that is not open, without its passphrase; also one whose keyring is damaged, and one
    /// that was signed out half-way.
    /// - Parameter keys: The store that keeps its keys; nil for its keyring.
    /// - Throws: ``ClientError/noHome(path:)`` when there is nothing to take away.
    public static func signOut(at path: String, keys: (any KeyStore)? = nil) throws(ClientError) {
        guard keys == nil ? Home.hasRemains(path) : Home.hasFormat(path) else { throw .noHome(path: path) }
        let home = try Home.lock(path)
        try home.beginErasing()
        if let keys { do { try keys.erase() } catch { throw ClientError(error) } }
        try home.eraseKeyring()
        try home.erase()
        home.unlock()
    }
}
