import DunlinCredentials
import DunlinKeys

/// Whom to admit, with the keys that the key exchange covered.
public struct AdmissionRequest: Hashable, Sendable {
    /// Who asks to be let in.
    public var guest: GuestDescription
    /// The keys that it will use in the space.
    public var binding: DeviceBinding
    /// What it will be allowed to do.
    public var role: Role
    /// Shows that it holds the secret of an unattended invitation.
    public var redemption: Redemption?

    /// What a guest of either flow asks for, once its device has signed for this connection and for the keys
    /// that it named.
    /// - Parameters:
    ///   - bound: What the guest's device has signed.
    ///   - identity: Whose device the guest is, or will be.
    /// - Throws: ``InvitationError/badMessage``.
    init(
        guest: GuestDescription, binding: DeviceBinding, signature: Signature, bound: [UInt8], space: SpaceID,
        identity: IdentityID, role: Role
    ) throws(InvitationError) {
        guard guest.device.verify(signature, over: bound, purpose: .invite), binding.space == space,
            binding.isSigned(by: guest.device), binding.identity == identity,
            binding.control == guest.control, binding.data == guest.data, binding.noise == guest.noise
        else { throw .badMessage }
        self.guest = guest
        self.binding = binding
        self.role = role
    }
}
