import DunlinCredentials
import DunlinKeys

/// The keys of identities, devices and invites, used by all graphs in turn: making them takes longer than
/// judging a graph.
public struct KeyPool {
    /// A device of the pool: the n-th of an identity.
    struct DeviceSlot: Hashable {
        var owner: Int
        var number: Int
    }

    struct Device {
        var signing: SigningKey
        var box: AgreementKey
        var control: SigningKey
        var data: SigningKey
        var noise: AgreementPublicKey
    }

    private struct AdmissionKey: Hashable {
        var identity: Int
        var chain: [DeviceSlot]
    }

    let space: SpaceID
    private var random: SeededRandom
    private var identities: [SigningKey] = []
    private var devices: [DeviceSlot: Device] = [:]
    private var invites: [SigningKey] = []
    private var admissions: [AdmissionKey: Admission] = [:]

    /// Keys from a seed, so that every run builds the same credentials.
    public init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        space = Digest.blake2b(random.bytes(32))
    }

    mutating func identity(_ number: Int) throws -> SigningKey {
        while identities.count <= number { identities.append(try .make(random: &random)) }
        return identities[number]
    }

    mutating func device(_ slot: DeviceSlot) throws -> Device {
        if let device = devices[slot] { return device }
        let device = Device(
            signing: try .make(random: &random), box: try .make(random: &random),
            control: try .make(random: &random), data: try .make(random: &random),
            noise: try AgreementKey.make(random: &random).publicKey)
        devices[slot] = device
        return device
    }

    mutating func invite(_ number: Int) throws -> SigningKey {
        while invites.count <= number { invites.append(try .make(random: &random)) }
        return invites[number]
    }

    /// - Parameter chain: Devices that certify each other, the first by the identity; the last is let in.
    mutating func admission(of identity: Int, chain: [DeviceSlot]) throws -> Admission {
        let key = AdmissionKey(identity: identity, chain: chain)
        if let admission = admissions[key] { return admission }
        var issuer = try self.identity(identity)
        let owner = issuer.publicKey
        var certificates: [DeviceCertificate] = []
        var last: Device?
        for slot in chain {
            let device = try self.device(slot)
            certificates.append(
                try .issue(
                    identity: owner, device: device.signing.publicKey, box: device.box.publicKey,
                    serial: UInt64(certificates.count), signingWith: issuer))
            issuer = device.signing
            last = device
        }
        guard let last else { throw ModelError("A chain without devices.") }
        let admission = Admission(
            chain: try CertificateChain(certificates),
            binding: try .issue(
                space: space, identity: owner, control: last.control, data: last.data, noise: last.noise,
                signingWith: last.signing))
        admissions[key] = admission
        return admission
    }
}
