/// How much work one guess at a passphrase costs.
/// - Source: RFC 9106 (Argon2id); figures in `Docs/Spec/Keys.md`.
public struct KeyringProfile: Hashable, Sendable {
    /// Passes over the memory, 1 to 10.
    public let passes: UInt64
    /// Memory that is gone over, in bytes; 19 MiB to 1 GiB.
    public let memoryByteCount: Int

    /// 256 MiB, 3 passes: about a third of a second on a desktop.
    public static let desktop = KeyringProfile(passes: 3, memoryByteCount: 256 << 20)
    /// 64 MiB, 3 passes.
    public static let phone = KeyringProfile(passes: 3, memoryByteCount: 64 << 20)
    /// 19 MiB, 2 passes: the least that is accepted, for tests.
    public static let test = KeyringProfile(passes: 2, memoryByteCount: 19 << 20)

    static let admittedMemory = (19 << 20)...(1 << 30)
    static let admittedPasses: ClosedRange<UInt64> = 1...10
}

/// Why a keyring could not be opened or written.
public enum KeyringError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The passphrase is wrong (or the file's header was changed). Try again.
    case wrongPassphrase
    /// The file is not a keyring, or was damaged. Restore a copy.
    case damaged
    /// Written by a newer version. Update Dunlin.
    case newerVersion(UInt64)
    /// The header asks for more memory or work than any keyring of ours does: it was tampered with.
    case extremeParameters(memoryByteCount: UInt64, passes: UInt64)
    /// Not enough memory for Argon2id on this machine.
    case outOfMemory(byteCount: Int)
    case badRecordName(String)

    /// One sentence for a person: what is wrong and what to do.
    public var description: String {
        switch self {
        case .wrongPassphrase: "The passphrase is wrong."
        case .damaged: "The keyring file is damaged; restore a copy of it."
        case .newerVersion(let version): "The keyring has version \(version); update Dunlin to open it."
        case .extremeParameters(let memory, let passes):
            "The keyring header asks for \(memory) bytes and \(passes) passes, outside the accepted range."
        case .outOfMemory(let count): "There is not enough memory to open the keyring (\(count) bytes)."
        case .badRecordName(let name): "A keyring record cannot be called \(name)."
        }
    }
}
