import CSodium

/// The native library's state. Every operation of this module starts it first.
enum Sodium {
    /// True when the library is ready. The first use initialises it; later ones cost one load.
    static let isReady = sodium_init() >= 0

    /// - Precondition: the platform has a source of randomness; nothing here can work without one.
    static func start() {
        precondition(isReady, "libsodium cannot start: this platform has no source of randomness")
    }
}
