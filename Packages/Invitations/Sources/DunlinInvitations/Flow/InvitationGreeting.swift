import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// How a host shows a guest without a code who it is, before the guest proves anything.
public struct InvitationGreeting: Hashable, Sendable {
    /// The host, the space and its genesis.
    public var description: HostDescription
    /// Of an unattended invitation: the credential that made it.
    public var invite: CredentialID?
    /// Of an unattended invitation: the credentials by which the host is a member and the invite counts, with
    /// all that lies in their past, parents first.
    public var credentials: [AdmissionBundle.Entry]

    /// A greeting of these fields.
    public init(
        description: HostDescription, invite: CredentialID? = nil, credentials: [AdmissionBundle.Entry] = []
    ) {
        self.description = description
        self.invite = invite
        self.credentials = credentials
    }

    /// What a host gives of it first: the rest are the parts that it announces.
    struct Header: Sendable {
        var description: HostDescription
        var invite: CredentialID?
        /// The hash of each part; empty when there is no invite.
        var parts: [Digest]
    }

    func header(parts: CredentialParts) -> [UInt8] {
        CBORValue.fields([
            (1, .bytes(description.encoded())), (2, invite?.encodedValue),
            (3, parts.digests.isEmpty ? nil : .array(parts.digests.map(\.encodedValue))),
        ]).encoded()
    }

    /// What the host's device signs: the greeting belongs to this connection alone.
    static func bound(_ session: [UInt8], _ greeting: [UInt8]) -> [UInt8] {
        Digest.blake2b(Array("greet".utf8), session, Digest.blake2b(greeting).bytes).bytes
    }

    /// What a guest says first: a device that was let in before is known by it to those who let it in, and to
    /// nobody else.
    static func knock(_ session: [UInt8], control: PublicSigningKey) -> Digest {
        Digest.blake2b(Array("knock".utf8), session, control.bytes)
    }
}

extension InvitationGreeting.Header {
    init(decoding bytes: [UInt8]) throws(InvitationError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            description = try HostDescription(
                decoding: fields.bytes(1, atMost: InvitationMessage.descriptionLimit))
            invite = try fields.optionalValue(2).map { try CredentialID($0) }
            parts = try fields.optionalValue(3).map { try $0.partDigests() } ?? []
            try fields.finish()
        } catch let error as InvitationError {
            throw error
        } catch { throw .badMessage }
    }
}

/// What a guest said first on a connection.
public struct InvitationKnock: Hashable, Sendable {
    let tag: Digest
    let session: [UInt8]

    /// Whether it came from the device with this control feed.
    public func isFrom(control: PublicSigningKey) -> Bool {
        tag == InvitationGreeting.knock(session, control: control)
    }
}
