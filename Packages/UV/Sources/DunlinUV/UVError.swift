import CUV

/// What libuv said.
public struct UVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libuv's (negative) number.
    public let code: Int32

    /// The error of one of libuv's negative numbers.
    public init(code: Int32) { self.code = code }

    /// The other side has closed the stream; UV_EOF.
    public static let endOfFile = UVError(code: UV_EOF.rawValue)
    /// Another socket has the port or the path; UV_EADDRINUSE.
    public static let addressInUse = UVError(code: UV_EADDRINUSE.rawValue)
    /// The text is no numeric address, or the path is empty; UV_EINVAL.
    public static let badAddress = UVError(code: UV_EINVAL.rawValue)
    /// The path of a Unix socket is longer than ``socketPathLimit``; UV_ENAMETOOLONG.
    public static let nameTooLong = UVError(code: UV_ENAMETOOLONG.rawValue)
    /// The handle was closed before the request was done; UV_ECANCELED.
    public static let cancelled = UVError(code: UV_ECANCELED.rawValue)

    /// libuv's name for it, like ECONNREFUSED.
    public var name: String { unsafe String(cString: uv_err_name(code)) }
    /// libuv's name and its explanation.
    public var description: String { unsafe "\(name): \(String(cString: uv_strerror(code)))" }

    /// Bytes that the path of a Unix socket may have.
    public static var socketPathLimit: Int {
        #if canImport(Darwin)
            103
        #else
            107
        #endif
    }

    /// libuv would cut a longer path and make the socket at another place.
    static func check(socketPath: String) throws(UVError) {
        if socketPath.utf8.count > socketPathLimit { throw .nameTooLong }
        if socketPath.utf8.isEmpty || socketPath.utf8.contains(0) { throw .badAddress }
    }

    static func check(_ result: Int32) throws(UVError) {
        if result < 0 { throw UVError(code: result) }
    }
}
