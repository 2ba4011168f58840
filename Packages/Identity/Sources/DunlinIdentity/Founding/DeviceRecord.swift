import DunlinCredentials
import DunlinEncoding
import DunlinKeys
import DunlinSpaces

extension LocalDevice {
    /// The device for the keyring: both secret keys, then its certificates.
    public var record: SecretBytes {
        .joined([signing.seed, box.seed, SecretBytes(copying: chain.encodedValue.encoded())])
    }

    /// Reads ``record``.
    /// - Throws: ``SpaceError`` when the record is damaged.
    public init(record: SecretBytes) throws(SpaceError) {
        do {
            // Certificates are no secret.
            let certificates = try record.slice(64..<record.count).copied()
            self.init(
                signing: try SigningKey(seed: record.slice(0..<32)),
                box: try AgreementKey(seed: record.slice(32..<64)),
                chain: try CertificateChain(CBORValue(decoding: certificates)))
        } catch { throw .damagedMetadata(key: "device") }
    }
}
