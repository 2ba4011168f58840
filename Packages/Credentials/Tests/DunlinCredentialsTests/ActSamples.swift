import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Names of up to 32 characters as ids and keys.
func digest(_ name: some StringProtocol) -> Digest { Digest(bytes: padded(name))! }
func key(_ name: some StringProtocol) -> PublicSigningKey { PublicSigningKey(bytes: padded(name))! }
func name(_ bytes: [UInt8]) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

private func padded(_ name: some StringProtocol) -> [UInt8] {
    Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count)
}

extension Act {
    /// Reads a line of a ``Scenario``.
    init(line: some StringProtocol) {
        let words = line.split(separator: " ").map { $0.hasSuffix(":") ? $0.dropLast() : $0[...] }
        let issuer = words[3].split(separator: ".")
        let arguments = words[min(5, words.count)...].map { String($0) }
        let deed: Deed
        switch words[4] {
        case "genesis": deed = .genesis(device: DunlinCredentialsTests.key(issuer[1]))
        case "admit":
            let guest = arguments[0].split(separator: ".", maxSplits: 1)
            deed = .admit(
                DunlinCredentialsTests.key(guest[0]), device: DunlinCredentialsTests.key(guest[1]),
                role: Role(arguments[1])!, invite: arguments.count > 3 ? digest(arguments[3]) : nil)
        case "device.admit": deed = .admitDevice(DunlinCredentialsTests.key(arguments[0]))
        case "device.revoke": deed = .revokeDevice(DunlinCredentialsTests.key(arguments[0]))
        case "suspect": deed = .suspectDevice(DunlinCredentialsTests.key(arguments[0]))
        case "lift": deed = .liftDevice(DunlinCredentialsTests.key(arguments[0]))
        case "remove":
            let others = arguments.count > 2 ? arguments[2].split(separator: "+") : []
            deed = .remove(
                DunlinCredentialsTests.key(arguments[0]),
                cosigners: others.map {
                    Cosigner(identity: DunlinCredentialsTests.key($0), device: nil)
                })
        case "role": deed = .setRole(DunlinCredentialsTests.key(arguments[0]), Role(arguments[1])!)
        case "invite": deed = .invite(role: .admin, limit: Int(arguments[0])!)
        case "cancel": deed = .cancelInvite(digest(arguments[0]))
        case "council.set":
            deed = .setCouncil(
                arguments[0].split(separator: "+").map { DunlinCredentialsTests.key($0) },
                threshold: Int(arguments[1])!)
        case "note": deed = .plain(needs: .reader)
        default: deed = .plain(needs: .admin)
        }
        self.init(
            id: digest(words[0]),
            parents: words[2] == "-" ? [] : words[2].split(separator: "+").map { digest($0) },
            identity: DunlinCredentialsTests.key(issuer[0]),
            device: issuer[1] == "root" ? nil : DunlinCredentialsTests.key(issuer[1]), deed: deed)
    }
}
