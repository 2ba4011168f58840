import CUV

/// What libuv said.
public struct UVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// libuv's (negative) number.
    public let code: Int32

    public init(code: Int32) { self.code = code }

    public static let endOfFile = UVError(code: UV_EOF.rawValue)
    public static let addressInUse = UVError(code: UV_EADDRINUSE.rawValue)
    public static let badAddress = UVError(code: UV_EINVAL.rawValue)
    public static let cancelled = UVError(code: UV_ECANCELED.rawValue)

    /// libuv's name for it, like ECONNREFUSED.
    public var name: String { unsafe String(cString: uv_err_name(code)) }
    public var description: String { unsafe "\(name): \(String(cString: uv_strerror(code)))" }

    static func check(_ result: Int32) throws(UVError) {
        if result < 0 { throw UVError(code: result) }
    }
}
