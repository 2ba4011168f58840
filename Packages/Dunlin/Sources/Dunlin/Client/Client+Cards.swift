import DunlinCredentials
import DunlinIdentity
import DunlinKeys
import DunlinSpaces

/// How members call themselves.
extension Client {
    /// What members of a space say of themselves there by their present devices, and former members by what
    /// they said last; ``members(of:)`` tells who is a member. Whoever may only read says nothing.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    /// - Complexity: O(*n*) in the credentials of the space.
    public func cards(in space: SpaceID) throws(ClientError) -> [IdentityID: Card] {
        do { return try Cards.all(in: space, &peer) } catch { throw .space(error) }
    }

    /// How members of a space call themselves: in that space, or else in another one that they are in, too;
    /// and how former members did.
    /// A name is a claim; show ``shortKey(of:)`` beside it.
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func names(in space: SpaceID) throws(ClientError) -> [IdentityID: String] {
        var found = try cards(in: space).mapValues(\.name)
        let unnamed = Set(try members(of: space).map(\.identity)).subtracting(found.keys)
        guard !unnamed.isEmpty else { return found }
        for (identity, name) in try names() where unnamed.contains(identity) { found[identity] = name }
        return found
    }

    /// How everybody of any space calls itself, by the newest of its cards: those of the spaces that it and
    /// this device are in now, or else of others.
    public func names() throws(ClientError) -> [IdentityID: String] {
        do { return try Cards.newest(&peer).mapValues(\.name) } catch { throw .space(error) }
    }

    /// The end of an identity's `did:key:…`, by which two of one name are told apart.
    public static func shortKey(of identity: IdentityID) -> String {
        String(DIDKey.encode(identity).suffix(8))
    }

    /// Says in every space where this device may write what the profile says.
    func publishCards(_ halo: Halo) {
        let profile: Profile
        do throws(SpaceError) {
            guard let found = try halo.profile(&peer) else { return }
            profile = found
        } catch { return logger.notice("the profile cannot be read: \(error)") }
        for space in peer.spaceSummaries.map(\.id) where space != halo.space {
            do throws(SpaceError) {
                try Cards.publish(profile, in: space, &peer, wallClock: wallClock, random: &random)
            } catch {
                // A space that is to hear of its own past first is asked again when it has.
                logger.notice("the space \(space) was not told the profile: \(error)")
            }
        }
        do throws(SpaceError) { try Letters.tidy(&peer, wallClock: wallClock, random: &random) } catch {
            logger.notice("letters that are over were not taken back: \(error)")
        }
    }
}
