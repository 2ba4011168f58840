import CSodium

/// PBKDF2 with HMAC-SHA-512 and one block of output.
///
/// Sound because: all that follows from the password lies in a secret of its own, two states and a block,
/// whose parts do not overlap; it is wiped and freed before this returns.
/// - Source: RFC 8018 section 5.2.
enum PBKDF2 {
    private typealias State = crypto_auth_hmacsha512_state

    static func sha512(password: SecretBytes, salt: [UInt8], rounds: Int) -> SecretBytes {
        unsafe SecretBytes(count: 64) { output in
            // Multiples of a state's alignment, as locked memory ends at a page's end.
            let size = MemoryLayout<State>.stride
            _ = unsafe SecretBytes(count: 2 * size + 64) { scratch in
                let memory = UnsafeMutableRawPointer(scratch)
                let keyed = unsafe memory.bindMemory(to: State.self, capacity: 2)
                let state = unsafe keyed + 1
                let block = unsafe (memory + 2 * size).bindMemory(to: UInt8.self, capacity: 64)
                unsafe crypto_auth_hmacsha512_init(keyed, password.pointer, password.count)
                unsafe state.update(from: keyed, count: 1)
                unsafe crypto_auth_hmacsha512_update(state, salt + [0, 0, 0, 1], UInt64(salt.count + 4))
                unsafe crypto_auth_hmacsha512_final(state, block)
                unsafe output.update(from: block, count: 64)
                for _ in 1..<rounds {
                    unsafe state.update(from: keyed, count: 1)
                    unsafe crypto_auth_hmacsha512_update(state, block, 64)
                    unsafe crypto_auth_hmacsha512_final(state, block)
                    for index in 0..<64 { unsafe output[index] ^= block[index] }
                }
            }
        }
    }
}
