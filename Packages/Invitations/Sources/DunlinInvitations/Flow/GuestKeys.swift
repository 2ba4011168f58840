import DunlinCredentials
import DunlinKeys

/// The keys with which a guest asks to be let in and will take part.
public struct GuestKeys: Sendable {
    /// The device's own; for a device that is yet to be certified, a fresh one.
    public var device: SigningKey
    /// The secret of the space and content keys are sealed to it.
    public var box: AgreementKey
    /// Of its control feed in the space.
    public var control: SigningKey
    /// Of its data feed in the space.
    public var data: SigningKey
    /// For connections in the space.
    public var noise: AgreementPublicKey

    /// The keys of a guest.
    public init(
        device: SigningKey, box: AgreementKey, control: SigningKey, data: SigningKey,
        noise: AgreementPublicKey
    ) {
        self.device = device
        self.box = box
        self.control = control
        self.data = data
        self.noise = noise
    }

    /// What the host is told.
    /// - Parameter chain: The guest's; nil for a device that the host will certify.
    public func description(chain: CertificateChain?) -> GuestDescription {
        GuestDescription(
            chain: chain, device: device.publicKey, box: box.publicKey, control: control.publicKey,
            data: data.publicKey, noise: noise)
    }

    func binding(space: SpaceID, identity: IdentityID) throws(KeyError) -> DeviceBinding {
        try DeviceBinding.issue(
            space: space, identity: identity, control: control, data: data, noise: noise,
            signingWith: device)
    }
}
