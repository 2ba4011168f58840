import DunlinEncoding
import DunlinKeys

/// A rendezvous with the key by which it is known: `dunlin-rv://<key>@<host>:<port>`.
public struct RendezvousAddress: Hashable, Sendable, CustomStringConvertible {
    /// The static key of the node: who answers with another is somebody else.
    public var key: AgreementPublicKey
    /// Where the node listens.
    public var address: PeerAddress

    /// The address of a node whose key is known.
    public init(key: AgreementPublicKey, address: PeerAddress) {
        self.key = key
        self.address = address
    }

    /// Reads ``description``; nil for anything else.
    public init?(_ text: String) {
        let scheme = "dunlin-rv://"
        guard text.hasPrefix(scheme), let at = text.firstIndex(of: "@"),
            let bytes = try? Base32.decode(String(text[..<at].dropFirst(scheme.count))),
            let key = AgreementPublicKey(bytes: bytes),
            let address = PeerAddress(String(text[text.index(after: at)...]))
        else { return nil }
        self.key = key
        self.address = address
    }

    /// `dunlin-rv://KEY@HOST:PORT`, the key in base32; ``init(_:)`` reads it.
    public var description: String { "dunlin-rv://\(Base32.encode(key.bytes))@\(address)" }
}
