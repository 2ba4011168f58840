import DunlinEncoding
import DunlinKeys
import Foundation
import Testing

/// What a header may ask for, at both ends of what is admitted.
@Suite(.serialized) struct KeyringProfileTests {
    static let passphrase = SecretBytes(copying: Array("correct".utf8))

    /// A whole file whose header asks for this.
    static func file(memory: UInt64, passes: UInt64) -> [UInt8] {
        let header = CBORValue.fields([
            (1, .unsigned(1)), (2, .unsigned(1)), (3, .unsigned(passes)), (4, .unsigned(memory)),
            (5, .bytes([UInt8](repeating: 0, count: 16))), (6, .bytes([UInt8](repeating: 0, count: 24))),
        ]).encoded()
        let parts = [header, [UInt8](repeating: 0, count: 48), [UInt8](repeating: 0, count: 24), []]
        let checksum = Digest.blake2b(Array("dunlin/keyring/1".utf8), Array(parts.joined()))
        return CBORValue.fields([
            (1, .bytes(parts[0])), (2, .bytes(parts[1])), (3, .bytes(parts[2])), (4, .bytes(parts[3])),
            (5, checksum.encodedValue),
        ]).encoded()
    }

    /// Bytes that the process has had in memory at most.
    static var peakByteCount: Int {
        var usage = rusage()
        #if os(Linux)
            unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss << 10
        #else
            unsafe getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss
        #endif
    }

    static var threadTime: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    @Test(
        arguments: [
            (4 << 30, 3), (1 << 30 + 1, 3), (1 << 40, 3), (UInt64.max, 3), (19 << 20, 1 << 32),
            (19 << 20, 11),
            (19 << 20, 0), (19 << 20 - 1, 3), (8 << 10, 3), (0, 3), (19 << 20, UInt64.max),
        ] as [(UInt64, UInt64)])
    func `a header that asks for extremes is refused before any work`(memory: UInt64, passes: UInt64) throws {
        let file = Self.file(memory: memory, passes: passes)
        let peak = Self.peakByteCount, start = Self.threadTime
        #expect(throws: KeyringError.extremeParameters(memoryByteCount: memory, passes: passes)) {
            try Keyring(opening: file, passphrase: Self.passphrase)
        }
        let time = Self.threadTime - start, growth = Self.peakByteCount - peak
        // The least that is admitted takes 30 ms; other tests may run beside this one.
        #expect(time < 0.005, "\(time) seconds")
        #expect(growth < 512 << 20, "\(growth) bytes")
    }

    @Test(arguments: [(19 << 20, 1), (19 << 20, 10), (1 << 30, 1)] as [(UInt64, UInt64)])
    func `what a header may ask for at most and at least is tried`(memory: UInt64, passes: UInt64) throws {
        // Derived, and then found to open nothing.
        #expect(throws: KeyringError.wrongPassphrase) {
            try Keyring(opening: Self.file(memory: memory, passes: passes), passphrase: Self.passphrase)
        }
    }

    @Test(arguments: [KeyringProfile.desktop, .phone, .test])
    func `a keyring of each profile opens`(profile: KeyringProfile) throws {
        var random = SystemRandom()
        var keyring = try Keyring(passphrase: Self.passphrase, profile: profile, random: &random)
        let file = try keyring.sealed(random: &random)
        let header = try CBORFields.all(file)[0]
        var fields = try CBORFields(CBORValue(decoding: header))
        _ = try fields.unsigned(1)
        _ = try fields.unsigned(2)
        #expect(try fields.unsigned(3) == profile.passes)
        #expect(try fields.unsigned(4) == UInt64(profile.memoryByteCount))
        _ = try Keyring(opening: file, passphrase: Self.passphrase)
    }

    @Test func `the profiles are what the specification says`() {
        #expect(KeyringProfile.desktop.passes == 3 && KeyringProfile.desktop.memoryByteCount == 268_435_456)
        #expect(KeyringProfile.phone.passes == 3 && KeyringProfile.phone.memoryByteCount == 67_108_864)
    }
}
