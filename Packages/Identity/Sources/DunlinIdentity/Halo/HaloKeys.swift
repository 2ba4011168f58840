import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// How an identity's own space, its HALO, is found from the phrase alone.
/// - Source: `Docs/Spec/Identity.md`, "The space".
public struct HaloKeys: Sendable {
    /// The space's id: H("halo" identity).
    public let space: SpaceID
    /// The space's secret: a subkey of the identity's key for backups.
    public let secret: SecretBytes

    /// The space of the identity that these keys are of.
    public init(_ keys: IdentityKeys) {
        space = HaloKeys.space(of: keys.signing.publicKey)
        secret = deriveKey(keys.backup, "halo")
    }

    /// The id of an identity's own space.
    public static func space(of identity: IdentityID) -> SpaceID {
        Digest.blake2b(Array("halo".utf8), identity.bytes)
    }
}
