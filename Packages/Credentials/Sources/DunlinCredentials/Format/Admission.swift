import DunlinEncoding
import DunlinKeys

/// A device that is let in: whose it is, and the keys with which it takes part.
public struct Admission: Hashable, Sendable {
    /// From the identity to the device.
    public var chain: CertificateChain
    /// The device's keys in the space.
    public var binding: DeviceBinding

    /// An admission of a device.
    public init(chain: CertificateChain, binding: DeviceBinding) {
        self.chain = chain
        self.binding = binding
    }

    /// Whose device it is.
    public var identity: IdentityID { chain.identity }
    /// The device.
    public var device: DeviceID { chain.device }

    /// Whether the device itself has said that it takes part in the space with these keys, for this identity.
    func isBound(to space: SpaceID) -> Bool {
        binding.space == space && binding.identity == chain.identity && binding.isSigned(by: chain.device)
    }

    var fields: [(UInt64, CBORValue?)] { [(1, chain.encodedValue), (2, binding.encodedValue)] }

    init(_ fields: inout CBORFields) throws {
        chain = try CertificateChain(fields.value(1))
        binding = try DeviceBinding(fields.value(2))
    }
}
