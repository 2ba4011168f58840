import DunlinCredentials
import DunlinSpaces

extension Client {
    /// The credentials of a space, which explain who belongs to it (``CredentialSet/explanation(of:)``) and
    /// can be drawn (``CredentialGraph``).
    /// - Throws: ``SpaceError/unknownSpace(_:)`` as ``ClientError/space(_:)``.
    public func credentials(of space: SpaceID) throws(ClientError) -> CredentialSet {
        do { return try peer.credentials(of: space) } catch { throw .space(error) }
    }
}
