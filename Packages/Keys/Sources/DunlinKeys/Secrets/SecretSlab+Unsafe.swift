import CSodium
import Synchronization

/// Locked memory for secrets of up to 64 bytes: slots in pages that libsodium guards and locks once.
///
/// A page of its own for each key costs seven system calls and 16 KiB of address space, and a process may
/// lock only so many pages: with thousands of keys the later ones would quietly not be locked at all.
///
/// Sound because: a slot is handed to one owner until it is given back, chunks are never freed or moved, and
/// the list of free slots is only touched under its lock.
enum SecretSlab {
    static let slotByteCount = 64
    private static let slotsPerChunk = 256

    @safe private struct Slots: @unchecked Sendable {
        var free: [UnsafeMutableRawPointer] = unsafe []
    }

    private static let slots = Mutex(Slots())

    /// A slot of zeros; nil when no more memory can be mapped.
    static func take() -> UnsafeMutableRawPointer? {
        Sodium.start()
        return unsafe slots.withLock { slots in
            if unsafe slots.free.isEmpty {
                let count = slotsPerChunk * slotByteCount
                guard let chunk = unsafe sodium_malloc(count) else { return nil }
                unsafe sodium_memzero(chunk, count)
                for index in 0..<slotsPerChunk { unsafe slots.free.append(chunk + index * slotByteCount) }
            }
            return unsafe slots.free.removeLast()
        }
    }

    /// Wipes a slot and takes it back.
    static func give(back slot: UnsafeMutableRawPointer) {
        unsafe sodium_memzero(slot, slotByteCount)
        slots.withLock { unsafe $0.free.append(slot) }
    }
}
