import CUV

/// A numeric address and port in the form that libuv takes.
@safe struct SocketAddress {
    private var storage = sockaddr_storage()

    /// - Parameter host: an IPv4 or IPv6 address in digits, or `localhost`.
    init(host: String, port: UInt16) throws(UVError) {
        let host = host == "localhost" ? "127.0.0.1" : host
        let result = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            let raw = UnsafeMutableRawPointer(pointer)
            let four = unsafe uv_ip4_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in.self))
            if four == 0 { return four }
            return unsafe uv_ip6_addr(host, Int32(port), raw.assumingMemoryBound(to: sockaddr_in6.self))
        }
        try UVError.check(result)
    }

    mutating func withPointer<R>(_ body: (UnsafePointer<sockaddr>) -> R) -> R {
        unsafe withUnsafePointer(to: &storage) { pointer in
            unsafe body(UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self))
        }
    }

    /// `host:port` of a socket's end; IPv6 in brackets.
    static func text(_ address: UnsafePointer<sockaddr>) -> (text: String, port: UInt16) {
        var name = [CChar](repeating: 0, count: 64)
        unsafe uv_ip_name(address, &name, name.count)
        let host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let raw = unsafe UnsafeRawPointer(address)
        if unsafe Int32(address.pointee.sa_family) == AF_INET6 {
            let port = unsafe raw.assumingMemoryBound(to: sockaddr_in6.self).pointee.sin6_port.bigEndian
            return ("[\(host)]:\(port)", port)
        }
        let port = unsafe raw.assumingMemoryBound(to: sockaddr_in.self).pointee.sin_port.bigEndian
        return ("\(host):\(port)", port)
    }
}
