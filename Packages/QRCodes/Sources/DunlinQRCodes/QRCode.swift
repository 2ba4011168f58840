/// A QR code: a square of dark and light modules that holds a text.
///
/// Its version and mask are chosen for the text: the smallest size that holds it with the asked correction,
/// and the mask that the standard prefers. The same text gives the same code.
/// - Source: ISO/IEC 18004:2015.
public struct QRCode: Hashable, Sendable {
    /// How much of a code may be dirty, torn or covered and still be read: the more, the larger the code.
    public enum Correction: UInt8, Hashable, Sendable, CaseIterable {
        /// About 7 % of the code's bytes; for screens.
        case low
        /// About 15 %; for prints.
        case medium
        /// About 25 %.
        case quartile
        /// About 30 %; for what is handled roughly.
        case high
    }

    /// Modules of light that the standard asks for on each side.
    public static let quietZone = 4

    /// Modules on each side, without quiet zone: 21, 25, … 177.
    public let width: Int
    /// The correction that was asked for.
    public let correction: Correction
    /// Row by row from the top left; true is dark.
    private let modules: [Bool]

    /// The smallest code for a text.
    ///
    /// A text of ASCII is stored in a mixture of the standard's modes: digits, and then capital letters,
    /// take less than others. Any other text is stored as UTF-8, and the code says so, as the standard asks
    /// (ECI 26).
    /// - Parameters:
    ///   - text: 1 to 2,953 bytes of it fit with low correction, up to 4,296 of capital letters, digits,
    ///     spaces and `$%*+-./:`, and up to 7,089 digits.
    ///   - correction: For texts that are read off a screen the lowest suffices.
    /// - Throws: ``QRCodeError/empty``, ``QRCodeError/tooLong(byteCount:limit:)``, or
    ///   ``QRCodeError/outOfMemory``.
    /// - Complexity: O(*n*) for the text, and O(`width`²).
    public init(_ text: String, correction: Correction = .low) throws(QRCodeError) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        let symbol = bytes.count <= Characters.mostDigits ? Encoder.encode(bytes, correction) : nil
        guard let symbol else {
            let limit = Characters(of: bytes).byteLimit(correction)
            throw bytes.count > limit ? .tooLong(byteCount: bytes.count, limit: limit) : .outOfMemory
        }
        self.correction = correction
        width = symbol.width
        modules = symbol.modules
    }

    /// The size of the symbol as the standard numbers it: 1 to 40.
    public var version: Int { (width - 17) / 4 }

    /// Whether the module is dark in the column `x` from the left and the row `y` from the top. What lies
    /// outside the code is its quiet zone, and light.
    public func isDark(x: Int, y: Int) -> Bool {
        guard x >= 0, y >= 0, x < width, y < width else { return false }
        return modules[y * width + x]
    }
}
