import CQREncode

/// The calls of libqrencode.
///
/// Sound because: an input and a code have one owner, who frees them once; the library copies what it is
/// given, and its result is read within width² bytes. What it shares between threads, it locks.
enum Encoder {
    typealias Symbol = (width: Int, modules: [Bool])

    /// UTF-8, as extended channel interpretations number it.
    private static let utf8 = UInt32(26)

    /// nil when the text does not fit, or there is no memory.
    static func encode(_ bytes: [UInt8], _ correction: QRCode.Correction) -> Symbol? {
        let characters = Characters(of: bytes)
        let whole = encodeWhole(bytes, characters, correction)
        guard characters != .others, !bytes.contains(0) else { return whole }
        let mixed = unsafe (bytes + [0]).withUnsafeBytes { bytes in
            unsafe symbol(
                QRcode_encodeString(
                    bytes.baseAddress?.assumingMemoryBound(to: CChar.self), 0, level(correction), QR_MODE_8, 1
                ))
        }
        // The library changes modes as if in a small code, where a change costs less than in a large one.
        guard let whole, let mixed else { return whole ?? mixed }
        return mixed.width < whole.width ? mixed : whole
    }

    /// In one piece.
    private static func encodeWhole(
        _ bytes: [UInt8], _ characters: Characters, _ correction: QRCode.Correction
    ) -> Symbol? {
        guard let input = unsafe QRinput_new2(0, level(correction)) else { return nil }
        defer { unsafe QRinput_free(input) }
        let mode: QRencodeMode
        switch characters {
        case .digits: mode = QR_MODE_NUM
        case .alphanumerics: mode = QR_MODE_AN
        case .ascii: mode = QR_MODE_8
        case .others:
            mode = QR_MODE_8
            guard unsafe QRinput_appendECIheader(input, utf8) == 0 else { return nil }
        }
        let status = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe QRinput_append(input, mode, Int32(bytes.count), bytes.baseAddress)
        }
        guard status == 0 else { return nil }
        return unsafe symbol(QRcode_encodeInput(input))
    }

    private static func level(_ correction: QRCode.Correction) -> QRecLevel {
        switch correction {
        case .low: QR_ECLEVEL_L
        case .medium: QR_ECLEVEL_M
        case .quartile: QR_ECLEVEL_Q
        case .high: QR_ECLEVEL_H
        }
    }

    /// Takes a code apart and frees it.
    private static func symbol(_ code: UnsafeMutablePointer<QRcode>?) -> Symbol? {
        guard let code = unsafe code else { return nil }
        defer { unsafe QRcode_free(code) }
        let width = unsafe Int(code.pointee.width)
        guard let data = unsafe code.pointee.data else { return nil }
        return (width, unsafe UnsafeBufferPointer(start: data, count: width * width).map { $0 & 1 == 1 })
    }
}
