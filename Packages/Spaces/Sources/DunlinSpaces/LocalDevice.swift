import DunlinCredentials
import DunlinKeys

/// This installation: the keys it signs and receives with, and the identity it speaks for.
public struct LocalDevice: Sendable {
    public let signing: SigningKey
    /// Receives content keys, sealed.
    public let box: AgreementKey
    /// From the identity key down to this device.
    public let chain: CertificateChain

    public init(signing: SigningKey, box: AgreementKey, chain: CertificateChain) {
        self.signing = signing
        self.box = box
        self.chain = chain
    }

    public var id: DeviceID { signing.publicKey }
    public var identity: IdentityID { chain.identity }
}
