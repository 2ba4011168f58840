/// Where a peer listens: `host:port`, IPv6 hosts in brackets.
public struct PeerAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// A numeric IPv4 or IPv6 address, the latter without brackets.
    public var host: String
    /// A TCP port, 1 to 65,535.
    public var port: UInt16

    /// An address; whether anything listens there is not asked.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads ``description``; nil for anything else, and for port 0.
    public init?(_ text: String) {
        guard text.utf8.count <= 256, let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]), port > 0
        else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, !host.contains("["), !host.contains("]") else { return nil }
        self.host = String(host)
        self.port = port
        // Ports are read with leading zeros and signs.
        guard description == text else { return nil }
    }

    /// `HOST:PORT`, an IPv6 host in brackets; ``init(_:)`` reads it.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// By host, then by port.
    public static func < (a: PeerAddress, b: PeerAddress) -> Bool {
        a.host == b.host ? a.port < b.port : a.host < b.host
    }
}
