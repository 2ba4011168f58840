import DunlinCredentials
import DunlinEncoding
import DunlinKeys

/// How long a content key serves.
public struct KeyLifetime: Hashable, Sendable {
    /// Milliseconds after which a new key is made by who writes next.
    public var age: UInt64
    /// Blocks after which a new key is made by who writes next.
    public var blockCount: Int

    /// 30 days, 2^20 blocks.
    public static let standard = KeyLifetime(age: 30 * 86_400_000, blockCount: 1 << 20)

    /// A lifetime of both limits.
    public init(age: UInt64, blockCount: Int) {
        self.age = age
        self.blockCount = blockCount
    }
}

/// When this device saw a key for the first time.
struct KeyAge: Sendable {
    var key: Digest
    var since: UInt64
    var blockCount: Int

    var encoded: [UInt8] {
        CBORValue.fields([
            (1, key.encodedValue), (2, .unsigned(since)), (3, .unsigned(UInt64(clamping: blockCount))),
        ]).encoded()
    }

    init(key: Digest, since: UInt64, blockCount: Int) {
        self.key = key
        self.since = since
        self.blockCount = blockCount
    }

    init(decoding bytes: [UInt8]) throws(SpaceError) {
        do {
            var fields = try CBORFields(CBORValue(decoding: bytes))
            key = try Digest(fields.value(1))
            since = try fields.unsigned(2)
            blockCount = Int(clamping: try fields.unsigned(3))
            try fields.finish()
        } catch { throw .damagedMetadata(key: "key") }
    }
}

extension Space {
    /// How long the device that ranks first among those who may waits for somebody to do it anyway; each
    /// after it waits once more.
    static let dutyDelay = Duration.milliseconds(250)
    /// Keys that this device says at once that it lacks; others after that.
    static let reportLimit = 64
    /// Keys that are shared, or from which others follow, before a new one is made that holds them all.
    static let rootLimit = 8

    /// Whether this device makes keys. One that is suspended would not get its own, and nobody would write
    /// with it.
    private var makesKeys: Bool {
        control.view.device(device.id).map { !$0.isSuspended } ?? false && role ?? .reader >= .editor
    }

    /// The key to write with. Who may makes a new one first, when there is none that only present devices
    /// know, or the one there is has served its time.
    /// - Parameter isNew: Whether to make one in any case, if this device may.
    mutating func writingKey(
        isNew: Bool = false, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> ContentKey {
        let schedule = control.schedule()
        guard role != nil else { throw .notAllowed(needs: .reader, has: nil) }
        if let clean = schedule.clean {
            let isWorn = try isWorn(clean, wallClock: wallClock)
            if !isNew && !isWorn || !makesKeys { return clean }
        }
        guard makesKeys else {
            guard let newest = schedule.newest else { throw .noContentKey(id) }
            return newest
        }
        let key = ContentKey.make(random: &random)
        do {
            let rotation = try KeyRotation(
                to: key, sealedTo: boxesForNewKey(), wrapping: schedule.roots, space: id, random: &random)
            let issued = try issue(.keyRotate(rotation))
            try demandValid(issued)
            try appendControl([issued], key: key, random: &random)
        } catch { throw SpaceError(error) }
        _ = try takeControl(secrets.control.publicKey)
        noteAge(of: key, wallClock: wallClock)
        return key
    }

    /// Whom a key that this device makes is sealed to: all who are to have new keys, and this device, also
    /// while it is suspended. It has made the key; but without a box it would not read its own feed, and what
    /// others build on that, as soon as it is trusted again.
    func boxesForNewKey() -> [AgreementPublicKey] {
        let boxes = control.credentials.recipients()
        let own = device.chain.box
        return boxes.prefix(SealedKey.batchLimit).contains(own) ? boxes : [own] + boxes
    }

    private mutating func isWorn(_ key: ContentKey, wallClock: UInt64) throws(SpaceError) -> Bool {
        guard let keyAge, keyAge.key == key.id else {
            noteAge(of: key, wallClock: wallClock)
            return false
        }
        let (age, isBehind) = wallClock.subtractingReportingOverflow(keyAge.since)
        return !isBehind && age >= keyLifetime.age
            || data.graph.graph.count - keyAge.blockCount >= keyLifetime.blockCount
    }

    private mutating func noteAge(of key: ContentKey, wallClock: UInt64) {
        let age = KeyAge(key: key.id, since: wallClock, blockCount: data.graph.graph.count)
        keyAge = age
        setMetadata("key", age.encoded)
    }

    /// Makes the key that is missing, and gives keys to devices that lack them, unless somebody else has by
    /// the time that it is this device's turn.
    /// - Returns: When to ask again; nil when nothing is to be done.
    mutating func doKeyDuties(
        now: Duration, wallClock: UInt64, random: inout some RandomSource
    ) throws(SpaceError) -> Duration? {
        let schedule = control.schedule()
        guard schedule.isDue, role != nil, !isUnsettled, !isBehindOwnHeads else {
            dutySince = nil
            return nil
        }
        if dutySince?.credentialCount != schedule.credentialCount {
            dutySince = (schedule.credentialCount, now)
        }
        let place = control.view.devices.firstIndex { $0.id == device.id } ?? 0
        let due = (dutySince?.time ?? now) + Self.dutyDelay * (place + 1)
        guard now >= due else { return due }
        if schedule.clean == nil, !schedule.isWaiting {
            guard makesKeys else { return nil }
            _ = try writingKey(wallClock: wallClock, random: &random)
            return now
        }
        // Whoever makes keys without end for one device makes it give them to all. One after the other: if
        // all who write wrapped them, there would be as many keys again.
        if makesKeys, schedule.roots.count > Self.rootLimit, schedule.clean != nil {
            _ = try writingKey(isNew: true, wallClock: wallClock, random: &random)
            return now
        }
        do {
            var shares: [Credential] = []
            for key in schedule.unopened.prefix(Self.reportLimit) {
                shares.append(try issue(.keyShare(id: key, sealed: []), after: shares))
            }
            for (key, boxes) in schedule.lacking.prefix(Self.rootLimit) {
                for start in stride(from: 0, to: boxes.count, by: SealedKey.batchLimit) {
                    let part = Array(boxes[start..<min(boxes.count, start + SealedKey.batchLimit)])
                    shares.append(
                        try issue(
                            .keyShare(id: key.id, sealed: key.sealed(to: part, random: &random)),
                            after: shares))
                }
            }
            // What would count for nothing would be due again.
            guard let first = shares.first, case .live? = control.status(adding: first) else { return nil }
            try appendControl(shares, key: schedule.clean ?? schedule.newest, random: &random)
        } catch { throw SpaceError(error) }
        _ = try takeControl(secrets.control.publicKey)
        return now
    }
}
