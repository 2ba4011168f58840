import DunlinCredentials

extension Plan {
    /// The plan of a seed. Each kind of step is drawn from a stream of its own, so that a new kind leaves the
    /// others.
    ///
    /// Which kinds occur at all is drawn as well: a fault shows best where few others cover it.
    public init(seed: UInt64) {
        var shape = RandomStream(seed: seed, name: "shape")
        let count = shape.number(in: 3...6)
        self.init(seed: seed, peerCount: count, network: Self.network(&shape), steps: [])
        chooseDevices()
        var meeting = RandomStream(seed: seed, name: "rendezvous")
        hasRendezvous = meeting.happens(perMillion: 350_000)
        addInvitations()
        addWork()
        addRemovals()
        addFaults(&shape)
        steps.sort { ($0.time, $0.draw) < ($1.time, $1.draw) }
    }

    private static func network(_ shape: inout RandomStream) -> NetworkConditions {
        func sometimes(_ limit: Int) -> Int {
            shape.happens(perMillion: 500_000) ? shape.number(in: 0...limit) : 0
        }
        let slowest = [3, 30, 150, 800][shape.number(in: 0...3)]
        return NetworkConditions(
            latency: 1...slowest, lost: sometimes(3_000), doubled: sometimes(3_000),
            reordered: sometimes(3_000),
            corrupted: sometimes(3_000), split: sometimes(300_000), refused: sometimes(200_000))
    }

    private mutating func add(_ stream: inout RandomStream, in times: ClosedRange<Int>, _ action: Action) {
        steps.append(Step(time: stream.number(in: times), draw: stream.next(), action: action))
    }

    /// In some runs, some peers after the second are devices of the first two.
    private mutating func chooseDevices() {
        var stream = RandomStream(seed: seed, name: "devices")
        guard stream.happens(perMillion: 400_000) else { return }
        furtherDevices = (2..<peerCount).filter { _ in stream.happens(perMillion: 400_000) }
    }

    /// Everybody is invited by somebody who came before; the second is an admin, so that there is a choice.
    private mutating func addInvitations() {
        var stream = RandomStream(seed: seed, name: "invitations")
        for guest in 1..<peerCount {
            let draw = stream.number(in: 0...9)
            let role: Role = guest == 1 ? .admin : draw < 5 ? .editor : draw < 8 ? .admin : .reader
            let host = guest == 1 || !stream.happens(perMillion: 400_000) ? 0 : 1
            let mistakes = stream.happens(perMillion: 150_000) ? stream.number(in: 1...2) : 0
            let start = 200 + (guest - 1) * 3_000
            add(
                &stream, in: start...start + 2_500,
                furtherDevices.contains(guest)
                    ? .addDevice(host: host, guest: guest, mistakes: mistakes)
                    : .invite(host: host, guest: guest, role: role, mistakes: mistakes))
        }
    }

    private mutating func addWork() {
        var stream = RandomStream(seed: seed, name: "work")
        for _ in 0..<stream.number(in: 15...60) {
            let peer = stream.number(in: 0...peerCount - 1)
            let action: Action =
                switch stream.number(in: 0...99) {
                case ..<20: .makePair(peer: peer)
                case ..<65: .edit(peer: peer)
                case ..<88: .witness(peer: peer)
                case ..<93: .delete(peer: peer)
                default: .checkpoint(peer: peer)
                }
            add(&stream, in: 500...Self.faultTime - 2_000, action)
        }
    }

    /// In some runs admins take members out and change what they may do, also while they are apart.
    private mutating func addRemovals() {
        var stream = RandomStream(seed: seed, name: "removals")
        guard stream.happens(perMillion: 300_000) else { return }
        for _ in 0..<stream.number(in: 1...4) {
            let peer = stream.happens(perMillion: 500_000) ? 0 : stream.number(in: 0...peerCount - 1)
            let member = stream.number(in: 1...peerCount - 1)
            let role = [Role.reader, .editor, .admin][stream.number(in: 0...2)]
            let action: Action =
                stream.happens(perMillion: 600_000)
                ? .remove(peer: peer, member: member) : .setRole(peer: peer, member: member, role: role)
            add(&stream, in: 5_000...Self.faultTime - 5_000, action)
        }
    }

    private mutating func addFaults(_ shape: inout RandomStream) {
        func addSome(_ name: String, upTo most: Int, _ make: (inout RandomStream) -> Action) {
            var stream = RandomStream(seed: seed, name: name)
            guard shape.happens(perMillion: 600_000) else { return }
            for _ in 0..<stream.number(in: 1...most) {
                let action = make(&stream)
                add(&stream, in: 1_000...Self.faultTime - 5_000, action)
            }
        }
        let last = peerCount - 1
        addSome("partitions", upTo: 3) { stream in
            var group: [Int] = []
            for peer in 0...last where stream.happens(perMillion: 500_000) { group.append(peer) }
            return .partition(group: group, lasting: stream.number(in: 500...40_000))
        }
        addSome("blocks", upTo: 3) { stream in
            let from = stream.number(in: 0...last)
            let to = (from + stream.number(in: 1...last)) % (last + 1)
            return .block(from: from, to: to, lasting: stream.number(in: 500...40_000))
        }
        addSome("crashes", upTo: 4) { stream in
            .crash(peer: stream.number(in: 0...last), off: stream.number(in: 10...20_000))
        }
        addSome("tears", upTo: 6) { stream in
            .tear(
                peer: stream.number(in: 0...last), operations: stream.number(in: 1...20),
                off: stream.number(in: 10...20_000))
        }
        addSome("disks", upTo: 2) { stream in
            .fillDisk(peer: stream.number(in: 0...last), lasting: stream.number(in: 500...15_000))
        }
        addSome("clocks", upTo: 3) { stream in
            .skewClock(peer: stream.number(in: 0...last), by: stream.number(in: -3_600_000...3_600_000))
        }
        addSome("trespassers", upTo: 2) { stream in .trespass(peer: stream.number(in: 1...last)) }
        addSome("smugglers", upTo: 1) { stream in .smuggle(peer: stream.number(in: 1...last)) }
        guard hasRendezvous else { return }
        addSome("rendezvous crashes", upTo: 3) { stream in
            .crash(peer: last + 1, off: stream.number(in: 10...20_000))
        }
        addSome("rendezvous blocks", upTo: 2) { stream in
            .block(from: last + 1, to: stream.number(in: 0...last), lasting: stream.number(in: 500...40_000))
        }
    }
}
