import DunlinCredentials
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinObjects
import DunlinSpaces

/// A plan as it is carried out: the village, and what an all-knowing bystander remembers of it.
struct PlanRun {
    let plan: Plan
    var village: Village
    var space: SpaceID
    var memory = Memory()
    var counts = Outcome.Counts()
    private var seenEvents = 0

    /// What the bystander knows, and no peer needs to.
    struct Memory {
        /// Blocks of its own data feed that a peer has acknowledged.
        var acknowledged: [Int: UInt64] = [:]
        /// Objects whose making was acknowledged, and which nobody deletes.
        var lasting: Set<ObjectID> = []
        /// Who made each of them.
        var makers: [ObjectID: Int] = [:]
        var pairs: [ObjectID: ObjectID] = [:]
        /// Objects with a counter, never deleted.
        var notes: [ObjectID] = []
        var scraps: [ObjectID] = []
        /// For each note what was added for certain, and at most.
        var added: [ObjectID: (certain: [Int: Int64], atMost: Int64)] = [:]
        var forbidden: [ObjectID] = []
        var strangers: [Int] = []
        var changes = MemberChanges()
    }

    init(_ plan: Plan, isRecording: Bool) throws {
        self.plan = plan
        village = Village(seed: plan.seed, network: plan.network)
        village.timeline.isRecording = isRecording
        for peer in 0..<plan.peerCount {
            _ = try village.addPeer(withIdentity: !plan.furtherDevices.contains(peer))
        }
        if plan.hasRendezvous { _ = try village.addRendezvous() }
        space = try village.createSpace(0)
    }

    /// Carries out a plan.
    /// - Returns: how it went. Nothing is thrown: what goes wrong is the outcome.
    static func run(_ plan: Plan, isRecording: Bool = false) -> Outcome {
        do {
            var run = try PlanRun(plan, isRecording: isRecording)
            var failure: Failure?
            do { try run.carryOut() } catch let error as Failure { failure = error } catch {
                failure = run.failure(.composure, "\(error)")
            }
            run.counts.happenings = run.village.happeningCount
            run.counts.networkFaults = run.village.links.faultCount
            run.counts.sentBytes = run.village.sentByteCount
            return Outcome(
                plan: plan, failure: failure, trace: run.village.trace, virtualTime: run.time,
                counts: run.counts,
                timeline: run.village.timeline)
        } catch {
            let failure = Failure(promise: .composure, time: 0, text: "\(error)")
            return Outcome(
                plan: plan, failure: failure, trace: TraceHash(), virtualTime: 0, counts: Outcome.Counts(),
                timeline: Timeline())
        }
    }

    var time: Int { Int(village.now / .milliseconds(1)) }

    func failure(_ promise: Failure.Promise, _ text: String) -> Failure {
        Failure(promise: promise, time: time, text: text)
    }

    private mutating func carryOut() throws {
        for step in plan.steps {
            try pass(until: .milliseconds(step.time))
            try take(step)
        }
        try pass(until: .milliseconds(Plan.faultTime))
        try settle()
    }

    /// Lets time pass, looking at everything that happens.
    mutating func pass(until end: Duration) throws {
        while let next = village.nextTime, next <= end {
            try village.step()
            try lookAtEvents()
        }
        village.now = max(village.now, end)
    }

    private mutating func lookAtEvents() throws {
        while seenEvents < village.events.count {
            let (peer, event) = village.events[seenEvents]
            seenEvents += 1
            switch event {
            case .objectsChanged(space, let objects): try check(objects, at: peer)
            case .membersChanged(space): try lookAtMembers(by: peer)
            case .join(_, .admitted): counts.admissions += 1
            case .objectsChanged, .ownedObjectsChanged, .membersChanged, .connected, .disconnected, .progress,
                .rendezvous,
                .invitation, .excluded, .join, .arrived, .letter:
                break
            }
        }
    }

    // MARK: Steps

    private mutating func take(_ step: Plan.Step) throws {
        var random = RandomStream(seed: step.draw, name: "step")
        switch step.action {
        case .invite(let host, let guest, let role, let mistakes):
            guard isMember(host, atLeast: .admin), !isMember(guest) else { return skip() }
            try attempt(host) {
                try $0.village.hand(guest, by: host, to: $0.space, role: role, mistakes: mistakes)
            }
        case .addDevice(let host, let guest, let mistakes):
            guard isMember(host), village.nodes[guest].device == nil else { return skip() }
            try attempt(host) {
                try $0.village.hand(guest, by: host, to: $0.space, kind: .device, mistakes: mistakes)
            }
        case .makePair(let peer): try makePair(peer)
        case .edit(let peer): try edit(peer, &random)
        case .witness(let peer): try witness(peer, &random)
        case .delete(let peer):
            guard isMember(peer, atLeast: .editor), let scrap = random.element(of: memory.scraps),
                sees(scrap, peer)
            else { return skip() }
            try commit(peer) { transaction throws(SpaceError) in
                try transaction.edit(scrap) { editor throws(ObjectError) in try editor.setDeleted(true) }
            }
        case .checkpoint(let peer):
            guard village.isRunning(peer) else { return skip() }
            try attempt(peer) { run in
                try run.village.attempt(peer) { (village) throws(SpaceError) in
                    try village.peers[peer].checkpoint()
                }
            }
        case .partition(let group, let lasting):
            for one in group {
                for other in 0..<plan.peerCount where !group.contains(other) {
                    block(one, other, lasting)
                    block(other, one, lasting)
                }
            }
        case .block(let from, let to, let lasting): block(from, to, lasting)
        case .crash(let peer, let off):
            guard village.isRunning(peer) else { return skip() }
            counts.crashes += 1
            village.crash(peer)
            village.restart(peer, in: .milliseconds(off))
        case .tear(let peer, let operations, let off):
            guard village.isRunning(peer) else { return skip() }
            counts.tornWrites += 1
            village.crash(peer, afterOperations: operations)
            village.restart(peer, in: .milliseconds(off))
        case .fillDisk(let peer, let lasting):
            village.fillDisk(peer)
            village.emptyDisk(peer, in: .milliseconds(lasting))
        case .skewClock(let peer, let error): village.skewClock(peer, by: .milliseconds(error))
        case .remove(let peer, let member): try remove(member, by: peer)
        case .setRole(let peer, let member, let role): try setRole(of: member, to: role, by: peer)
        case .trespass(let peer): try trespass(peer, step.draw)
        case .smuggle(let peer): try smuggle(peer, step.draw)
        }
    }

    mutating func skip() { counts.skipped += 1 }

    private mutating func block(_ from: Int, _ to: Int, _ lasting: Int) {
        village.block(from: from, to: to)
        village.unblock(from: from, to: to, in: .milliseconds(lasting))
    }

    func isMember(_ peer: Int, atLeast role: Role = .reader) -> Bool {
        village.isRunning(peer)
            && village.peers[peer].spaceSummaries.contains {
                $0.id == space && ($0.role.map { $0 >= role } ?? false)
            }
    }

    mutating func sees(_ object: ObjectID, _ peer: Int) -> Bool { read(object, peer) { _ in true } ?? false }

    mutating func read<R>(_ object: ObjectID, _ peer: Int, _ body: (ObjectDocument) -> R?) -> R? {
        (try? village.peers[peer].read(object, in: space, body)) ?? nil
    }

    /// Does something that may fail because the power or the disk does.
    /// - Returns: whether it was acknowledged.
    @discardableResult
    mutating func attempt(_ peer: Int, _ body: (inout PlanRun) throws -> Void) throws -> Bool {
        do { try body(&self) } catch VillageError.isOff {
            counts.skipped += 1
            return false
        } catch SpaceError.store(.full) {
            counts.skipped += 1
            return false
        }
        return true
    }

    @discardableResult
    mutating func commit(
        _ peer: Int, _ body: (inout SpaceTransaction) throws(SpaceError) -> Void
    ) throws -> Bool {
        let space = self.space
        let isDone: Bool
        do { isDone = try attempt(peer) { try $0.village.commit(peer, space, body) } } catch SpaceError
            .noContentKey
        {
            // It is a member and its key has not come yet.
            skip()
            return false
        }
        guard isDone else { return false }
        counts.commits += 1
        village.timeline.add(.edited, peer: peer, at: village.now)
        let feed = try village.peers[peer].ownDataFeed(in: space)
        let length = try village.peers[peer].storedLengths(in: space)[feed] ?? 0
        memory.acknowledged[peer] = length
        memory.changes.noteBlock(length, of: feed, by: peer)
        return true
    }

    private mutating func makePair(_ peer: Int) throws {
        guard isMember(peer, atLeast: .editor) else { return skip() }
        let first = try village.object(), second = try village.object()
        memory.pairs[first] = second
        memory.pairs[second] = first
        let isDone = try commit(peer) { transaction throws(SpaceError) in
            for (one, other) in [(first, second), (second, first)] {
                try transaction.edit(one) { editor throws(ObjectError) in
                    try editor.setType("pair")
                    try editor.put(.reference(other), at: "other")
                }
            }
        }
        if isDone { keep([first, second], by: peer) }
    }

    private mutating func edit(_ peer: Int, _ random: inout RandomStream) throws {
        guard isMember(peer, atLeast: .editor) else { return skip() }
        let isScrap = random.happens(perMillion: 250_000)
        let known = (isScrap ? memory.scraps : memory.notes)
        let object: ObjectID
        if random.happens(perMillion: 700_000), let chosen = random.element(of: known), sees(chosen, peer) {
            object = chosen
        } else {
            object = try village.object()
            if isScrap { memory.scraps.append(object) } else { memory.notes.append(object) }
        }
        let amount = Int64(random.number(in: 1...9)), place = random.number(in: 0...30)
        let word = ["a", "bc", "déf", "👩‍🚀", "\n"][random.number(in: 0...4)], deletes = random.number(in: 0...3)
        let isDone = try commit(peer) { transaction throws(SpaceError) in
            try transaction.edit(object) { editor throws(ObjectError) in
                if editor.value(at: "n") == nil {
                    try editor.setType("note")
                    try editor.put(.counter(0), at: "n")
                    try editor.put(.text(""), at: "text")
                    try editor.put(.list([]), at: "list")
                }
                try editor.add(amount, to: "n")
                let length = editor.text(at: "text")?.count ?? 0
                try editor.insertText(word, at: min(place, length), in: "text")
                if deletes == 0, length > 2 { try editor.deleteText(0..<1, in: "text") }
                try editor.insert([.integer(amount)], at: 0, inList: "list")
                try editor.put(.string(UTF8String(word)), at: "last")
            }
        }
        guard !isScrap else { return }
        var sum = memory.added[object] ?? ([:], 0)
        sum.atMost += amount
        if isDone {
            sum.certain[peer, default: 0] += amount
            keep([object], by: peer)
        }
        memory.added[object] = sum
    }

    private mutating func witness(_ peer: Int, _ random: inout RandomStream) throws {
        guard isMember(peer, atLeast: .editor), let note = random.element(of: memory.notes),
            let count = counter(note, peer)
        else { return skip() }
        let object = try village.object()
        let isDone = try commit(peer) { transaction throws(SpaceError) in
            try transaction.edit(object) { editor throws(ObjectError) in
                try editor.setType("witness")
                try editor.put(.map(["saw": .reference(note), "count": .integer(count)]), at: "")
            }
        }
        if isDone { keep([object], by: peer) }
    }

    private mutating func keep(_ objects: [ObjectID], by peer: Int) {
        for object in objects where memory.lasting.insert(object).inserted { memory.makers[object] = peer }
    }

    mutating func counter(_ note: ObjectID, _ peer: Int) -> Int64? {
        read(note, peer) { document in
            guard case .counter(let value)? = document.value(at: "n") else { return nil }
            return value
        }
    }

    // MARK: Renegades

    private mutating func renegade(_ peer: Int) throws -> Renegade? {
        guard isMember(peer), let device = village.nodes[peer].device,
            let secrets = village.nodes[peer].spaces[space]
        else { return nil }
        village.crash(peer)
        // The power is on again, but its own program does not run; and it has all the space it needs.
        village.nodes[peer].disk.restart()
        village.nodes[peer].disk.freeByteCount = nil
        return try Renegade(device, secrets, village.store(space, of: peer))
    }

    /// A reader writes; others write as if by the rules of a time before they were members.
    private mutating func trespass(_ peer: Int, _ draw: UInt64) throws {
        var random = SeededRandom(seed: draw)
        guard let renegade = try renegade(peer), let object = ObjectID(bytes: random.bytes(16)) else {
            return skip()
        }
        counts.renegades += 1
        memory.forbidden.append(object)
        let heads =
            renegade.role == .reader
            ? renegade.credentials.heads
            : [renegade.credentials.genesis?.id]
                .compactMap { $0 }
        try renegade.write(object, heads: heads, random: &random)
        try village.restart(peer)
    }

    /// Somebody who is no admin lets a stranger in, gives it all keys, and the stranger writes.
    private mutating func smuggle(_ peer: Int, _ draw: UInt64) throws {
        var random = SeededRandom(seed: draw)
        guard let smuggler = try renegade(peer) else { return skip() }
        defer { if !village.isRunning(peer) { village.restart(peer, in: .zero) } }
        guard smuggler.role != .admin, let object = ObjectID(bytes: random.bytes(16)) else { return skip() }
        counts.renegades += 1
        let stranger = try village.addPeer()
        memory.strangers.append(stranger)
        memory.forbidden.append(object)
        guard let device = village.nodes[stranger].device else { return }
        let secrets = try SpaceSecrets.make(space: space, secret: smuggler.secrets.secret, random: &random)
        let binding = try DeviceBinding.issue(
            space: space, identity: device.identity, control: secrets.control, data: secrets.data,
            noise: secrets.noise.publicKey, signingWith: device.signing)
        var entries = smuggler.entries
        entries.append(
            try smuggler.issue(
                .admit(Admission(chain: device.chain, binding: binding), .editor), random: &random))
        let store = try village.store(space, of: stranger)
        var batch = SpaceBatch()
        batch.metadata["name"] = Array("Trip".utf8)
        batch.metadata["genesis"] = smuggler.credentials.genesis?.id.bytes
        batch.metadata["admission"] = CBORValue.array(
            entries.map {
                .array([$0.feed.encodedValue, .unsigned($0.sequence), .bytes($0.credential.encoded)])
            }
        ).encoded()
        try store.commit(batch)
        village.nodes[stranger].spaces[space] = secrets
        try smuggler.handOver(to: device, secrets, store).write(
            object, heads: entries.map(\.credential.id).suffix(1), random: &random)
        village.crash(stranger)
        try village.restart(stranger)
        for other in 0..<plan.peerCount where village.isRunning(other) {
            village.peers[other].addCandidate(Village.address(stranger), for: space)
        }
    }

    // MARK: The end

    /// Everything works again: everybody gets in, and everybody has the same before long.
    private mutating func settle() throws {
        try village.healAll()
        try pass(until: village.now + .seconds(1))
        guard memory.changes.touched.isEmpty else { return try settleAfterChanges() }
        for guest in 1..<plan.peerCount where !isMember(guest) {
            // Whoever is in the middle of joining may finish first.
            try wait(.seconds(20)) { $0.isMember(guest) || $0.village.nodes[guest].tickets.isEmpty }
            if isMember(guest) { continue }
            if plan.furtherDevices.contains(guest) {
                // It may be a device of that identity already, and have missed the answer.
                try village.hand(guest, by: firstHost(of: guest), to: space, kind: .device)
            } else {
                try village.hand(guest, by: 0, to: space)
            }
            guard try wait(.seconds(60), until: { $0.isMember(guest) }) else {
                throw failure(.liveness, "peer \(guest) is invited and does not get in")
            }
        }
        guard try wait(.seconds(120), until: { try $0.isSettled() }) else {
            throw failure(.liveness, try unsettledReport())
        }
        try checkEnd()
        for peer in 0..<plan.peerCount {
            village.crash(peer)
            try village.restart(peer)
        }
        guard try wait(.seconds(120), until: { try $0.isSettled() }) else {
            throw failure(.liveness, "after a restart of all: " + (try unsettledReport()))
        }
        try checkEnd()
    }

    /// Who was to let a device in.
    func firstHost(of guest: Int) -> Int {
        for step in plan.steps {
            if case .addDevice(let host, guest, _) = step.action { return host }
        }
        return 0
    }

    @discardableResult
    mutating func wait(
        _ limit: Duration, until condition: (inout PlanRun) throws -> Bool
    ) throws -> Bool {
        let end = village.now + limit
        while village.now < end {
            if try condition(&self) { return true }
            try pass(until: village.now + .milliseconds(200))
        }
        return try condition(&self)
    }

    private mutating func isSettled() throws -> Bool {
        let lengths = try village.peers[0].storedLengths(in: space)
        for peer in 0..<plan.peerCount {
            let members = try village.peers[peer].members(of: space)
            guard try village.peers[peer].storedLengths(in: space) == lengths,
                try village.peers[peer].waitingBlocks(in: space) == 0,
                members.count == plan.peerCount - plan.furtherDevices.count,
                members.reduce(0, { $0 + $1.devices.count }) == plan.peerCount
            else { return false }
        }
        return true
    }

    func unsettledReport() throws -> String {
        var parts: [String] = []
        for peer in standing {
            let lengths = try village.peers[peer].storedLengths(in: space).values.sorted()
            let waiting = try village.peers[peer].waitingBlocks(in: space)
            let members = try village.peers[peer].members(of: space).count
            let links = try village.peers[peer].links(in: space).map { link in
                "\(link.device.description.prefix(4)) \(link.isInSync ? "in sync" : "behind") "
                    + "\(link.unconfirmedBlocks) to send \(link.missingBlocks) to get \(link.queuedByteCount) bytes queued"
            }
            parts.append(
                "peer \(peer) (\(village.nodes[peer].device?.id.description.prefix(4) ?? "")) has \(lengths), \(waiting) "
                    + "waiting, \(members) members, links: \(links.joined(separator: ", "))")
        }
        return parts.joined(separator: "; ")
    }
}
