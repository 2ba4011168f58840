import Foundation

extension Client {
    /// How this machine is called; a device has this name until its owner gives it another.
    static var hostName: String { String(ProcessInfo.processInfo.hostName.prefix(64)) }

    /// The system, for the list of devices.
    static var platform: String {
        #if os(Linux)
            "Linux"
        #elseif os(macOS)
            "macOS"
        #elseif os(iOS)
            "iOS"
        #else
            "other"
        #endif
    }
}
