import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys

/// How somebody who is not known here shows by credentials that it was let in.
struct Introduction: Sendable {
    /// Bytes of credentials with 80 for each, from whom a present device has let in, and from others.
    static let vouchedByteLimit = 64 << 20, byteLimit = 8 << 20
    /// For all that they give.
    static let vouchedTime = Duration.seconds(1_200), time = Duration.seconds(30)

    /// The identity of the device that has let it in and is present here; nil when there is none such.
    var voucher: IdentityID?
    /// Until when everything has to be here; nil before credentials were asked for.
    var until: Duration?
    private(set) var entries: [AdmissionBundle.Entry] = []
    private(set) var byteCount = 0

    /// - Returns: false when it is more than is taken.
    mutating func take(_ more: [AdmissionBundle.Entry]) -> Bool {
        byteCount += more.reduce(0) { $0 + $1.credential.count + 80 }
        guard byteCount <= (voucher != nil ? Self.vouchedByteLimit : Self.byteLimit) else { return false }
        entries += more
        return true
    }
}

/// Introductions that have shown nothing cost the work of checking them; after each, nobody is listened to
/// during a while, twice as long each time, whom the same present device's identity has let in, or nobody
/// whom none has. Who was removed still has the space's secret, and could go on for ever.
struct IntroductionRest: Sendable {
    static let first = Duration.seconds(1), longest = Duration.seconds(300)

    private var failureCount = 0
    private(set) var until = Duration.zero
    /// Whose introduction is being taken; of those that nobody vouches for there is one at a time.
    var link: ConnectionID?

    mutating func failed(now: Duration) {
        if now > until + Self.longest { failureCount = 0 }
        until = now + min(Self.longest, Self.first * (1 << min(failureCount, 10)))
        failureCount += 1
    }

    mutating func succeeded() {
        failureCount = 0
        until = .zero
    }
}

/// The rests in one space: of each identity that vouches for others, and of those for whom nobody does.
struct IntroductionRests: Sendable {
    static let limit = 1_024

    private var rests: [IdentityID?: IntroductionRest] = [:]

    subscript(voucher: IdentityID?) -> IntroductionRest {
        get { rests[voucher] ?? IntroductionRest() }
        set {
            // There are no more members.
            if rests[voucher] == nil, rests.count >= Self.limit { rests = rests.filter { $0.key == nil } }
            rests[voucher] = newValue
        }
    }
}

/// Who has shown that it was let in, by somebody who is out by what is known here. Nothing of it is kept but
/// that it is to be told.
struct ToldOut: Sendable {
    static let limit = 64

    private(set) var statics: [AgreementPublicKey] = []

    mutating func add(_ key: AgreementPublicKey) {
        guard !statics.contains(key) else { return }
        statics.append(key)
        if statics.count > Self.limit { statics.removeFirst() }
    }
}
