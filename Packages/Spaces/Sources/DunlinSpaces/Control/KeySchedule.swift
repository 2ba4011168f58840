import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// Which content key to write with, and who lacks which.
/// - Source: `Docs/Spec/ContentKeys.md`, "Rotation".
struct KeySchedule: Sendable {
    /// So many credentials were known when this was worked out.
    private(set) var credentialCount = 0
    /// The key to write with, if it is known here; nil when nobody may write before a new one is made.
    private(set) var clean: ContentKey?
    /// There is a key to write with that this device has yet to be given.
    private(set) var isWaiting = false
    /// Keys that open all that are known here, each with those who were never given it.
    private(set) var lacking: [(key: ContentKey, boxes: [AgreementPublicKey])] = []
    /// Keys that were sealed to this device in boxes that do not hold them; it has yet to say so.
    private(set) var unopened: [Digest] = []
    /// Keys from which all that are known here can be opened, the one to write with first.
    private(set) var roots: [ContentKey] = []
    /// The newest key that is known, clean or not.
    private(set) var newest: ContentKey?

    init() {}

    /// - Parameters:
    ///   - device: This device.
    ///   - box: What keys are sealed to for it.
    init(credentials: CredentialSet, keys: ContentKeys, device: DeviceID, box: AgreementPublicKey) {
        credentialCount = credentials.count
        let preference = credentials.keyPreference()
        let clean = credentials.cleanKey()
        self.clean = clean.flatMap { keys[$0] }
        isWaiting = clean != nil && self.clean == nil
        newest = preference.lazy.compactMap { keys[$0] }.first ?? keys.all.first
        let rotated = credentials.rotatedKeys()
        roots = keys.roots(preferring: preference).filter { rotated.contains($0.id) }
        unopened = credentials.unopened(by: device, box) { keys[$0] != nil }
        // What nobody may write with any more is shared no more than is needed to read.
        lacking = roots.compactMap { key in
            let boxes = credentials.recipients(lacking: key.id, by: device)
            return boxes.isEmpty ? nil : (key, boxes)
        }
    }

    /// Whether something is to be done by whoever notices.
    var isDue: Bool {
        clean == nil && !isWaiting || !lacking.isEmpty || !unopened.isEmpty
            || clean != nil && roots.count > Space.rootLimit
    }
}
