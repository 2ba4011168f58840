import DunlinCredentials
import DunlinKeys

/// This installation: the keys it signs and receives with, and the identity it speaks for.
public struct LocalDevice: Sendable {
    /// Signs for the device, and names it.
    public let signing: SigningKey
    /// Receives content keys, sealed.
    public let box: AgreementKey
    /// From the identity key down to this device.
    public let chain: CertificateChain

    /// A device whose keys are here.
    public init(signing: SigningKey, box: AgreementKey, chain: CertificateChain) {
        self.signing = signing
        self.box = box
        self.chain = chain
    }

    /// The device's public key.
    public var id: DeviceID { signing.publicKey }
    /// Whose device it is.
    public var identity: IdentityID { chain.identity }
}
