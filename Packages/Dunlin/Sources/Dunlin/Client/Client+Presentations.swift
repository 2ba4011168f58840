import DunlinCredentials
import DunlinKeys
import DunlinSpaces

extension Client {
    /// Shows an app or a server that this device speaks for its identity; `Presentation(verifying:…)` checks
    /// it there, without this client or a network.
    /// - Parameters:
    ///   - audience: The name that the other goes by, as it says and as the person at this device has seen.
    ///   - nonce: What the other has asked to be signed; 16 to 64 bytes.
    ///   - lifetime: At most a day.
    /// - Throws: ``ClientError/deviceRemoved`` and ``ClientError/deviceSuspended`` on a device that does not
    ///   speak for the identity any more; ``PresentationError`` as ``ClientError/presentation(_:)``;
    ///   ``SpaceError/noIdentity`` as ``ClientError/space(_:)``.
    public func presentation(
        for audience: String, nonce: [UInt8], lifetime: Duration = .seconds(300)
    ) throws(ClientError) -> Presentation {
        guard let device = peer.device else { throw .space(.noIdentity) }
        try demandOriginal()
        try demandStanding()
        do {
            return try Presentation.issue(
                device.chain, audience: audience, nonce: nonce, issued: wallClock,
                lifetime: lifetime < .zero
                    ? 0 : UInt64(min(lifetime, .seconds(2 * 86_400)) / .milliseconds(1)),
                signingWith: device.signing)
        } catch { throw .presentation(error) }
    }
}
