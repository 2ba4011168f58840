import DunlinCredentials
import DunlinKeys
import DunlinSpaces

/// Makes a device of an identity from the identity's phrase. The identity's own keys live no longer than the
/// call.
/// - Source: `Docs/Spec/Keys.md`, "From phrase to keys".
public enum IdentityFounding {
    /// A device with fresh keys, certified by the identity itself.
    public static func device(
        from phrase: SeedPhrase, random: inout some RandomSource
    ) throws(SpaceError) -> LocalDevice {
        do {
            let identity = try IdentityKeys(phrase)
            let signing = try SigningKey.make(random: &random), box = try AgreementKey.make(random: &random)
            let certificate = try DeviceCertificate.issue(
                identity: identity.signing.publicKey, device: signing.publicKey, box: box.publicKey,
                serial: 0,
                signingWith: identity.signing)
            return LocalDevice(signing: signing, box: box, chain: try CertificateChain([certificate]))
        } catch let error as CredentialError {
            throw .credential(error)
        } catch let error as KeyError {
            throw .key(error)
        } catch { throw .noIdentity }
    }
}
