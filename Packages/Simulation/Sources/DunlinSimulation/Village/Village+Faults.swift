import DunlinKeys
import DunlinSpaces

extension Village {
    // MARK: Power

    /// The power of a peer fails now: memory is gone, and what was not synced is kept, lost or torn.
    ///
    /// Three of four connections end for the other side; the others stay half open until it finds out.
    public mutating func crash(_ peer: Int) {
        guard nodes[peer].isRunning else { return }
        timeline.add(.crashed, peer: peer, at: now)
        nodes[peer].disk.failPower()
        nodes[peer].isRunning = false
        nodes[peer].incarnation += 1
        nodes[peer].isFlushPlanned = false
        nodes[peer].wake = nil
        nodes[peer].joins = [:]
        nodes[peer].rendezvous = nil
        for end in links.ends(at: peer) {
            guard let other = links.ends[end] else { continue }
            links.forget(end)
            if chance.happens(perMillion: 750_000) {
                let time = links.arrivalOfClosing(at: other, now: now, network)
                schedule.add(.arrival(.closed, from: end, to: other), at: time)
            }
        }
        var random = nodes[peer].random
        peers[peer] = Peer(random: &random)
        nodes[peer].random = random
    }

    /// The power of a peer fails in the middle of its `number`-th write or sync from now.
    public mutating func crash(_ peer: Int, afterOperations number: Int) {
        nodes[peer].disk.operationsUntilPowerFails = max(1, number)
    }

    /// Starts a peer again from its disk and its keyring.
    /// - Throws: what opening its spaces threw; a disk that was crashed must open.
    public mutating func restart(_ peer: Int) throws {
        guard !nodes[peer].isRunning else { return }
        timeline.add(.restarted, peer: peer, at: now)
        nodes[peer].disk.restart()
        nodes[peer].isRunning = true
        guard nodes[peer].rendezvousKey == nil else { return startRendezvous(peer) }
        introduce(peer)
        peers[peer].setListening(port: UInt16(peer + 1), addresses: [Self.address(peer)])
        if let device = nodes[peer].device { try peers[peer].setDevice(device) }
        for space in nodes[peer].spaces.keys.sorted() {
            guard let secrets = nodes[peer].spaces[space] else { continue }
            do throws(SpaceError) { try peers[peer].openSpace(secrets, store: store(space, of: peer)) } catch
            {
                guard case .unfinished = error else { throw error }
                continue
            }
            meetAll(peer, in: space)
        }
        for id in nodes[peer].tickets.keys.sorted() {
            if let held = nodes[peer].tickets[id] { try begin(held, peer) }
        }
        planFlush(peer)
    }

    /// Starts a peer again after a while.
    mutating func restart(_ peer: Int, in delay: Duration) {
        schedule.add(.restart(peer: peer), at: now + delay)
    }

    // MARK: Disks and clocks

    /// No byte more can be written.
    public mutating func fillDisk(_ peer: Int) {
        timeline.add(.diskFull, peer: peer, at: now)
        nodes[peer].disk.freeByteCount = 0
    }

    /// There is space again.
    public mutating func emptyDisk(_ peer: Int) {
        timeline.add(.diskFreed, peer: peer, at: now)
        nodes[peer].disk.freeByteCount = nil
    }

    mutating func emptyDisk(_ peer: Int, in delay: Duration) {
        schedule.add(.emptyDisk(peer: peer), at: now + delay)
    }

    /// What a peer has stored cannot be read until it is said that it can be.
    public mutating func setReadable(_ peer: Int, _ isReadable: Bool) {
        nodes[peer].disk.cannotRead = !isReadable
    }

    /// Sets a peer's wall clock off by so much.
    public mutating func skewClock(_ peer: Int, by error: Duration) {
        timeline.add(.clockSet, peer: peer, at: now)
        nodes[peer].clockError = error
    }

    // MARK: Network

    /// Lets nothing pass in one direction; what is sent waits, dials fail.
    public mutating func block(from: Int, to: Int) {
        timeline.add(.blocked(to: to), peer: from, at: now)
        links.block(Route(from: from, to: to))
    }

    /// Lets everything pass again in one direction; what waited arrives now.
    public mutating func unblock(from: Int, to: Int) {
        let route = Route(from: from, to: to)
        guard links.blocked.contains(route) else { return }
        timeline.add(.unblocked(to: to), peer: from, at: now)
        for (sender, end, arrival) in links.unblock(route) {
            schedule.add(.arrival(arrival, from: sender, to: end), at: now + .milliseconds(1))
        }
    }

    mutating func unblock(from: Int, to: Int, in delay: Duration) {
        schedule.add(.unblock(Route(from: from, to: to)), at: now + delay)
    }

    /// Takes a peer off the network: its connections end, and none can be made.
    public mutating func cut(_ peer: Int) {
        for end in links.ends(at: peer) {
            guard let other = links.ends[end] else { continue }
            links.forget(end)
            links.forget(other)
            for gone in [end, other] where nodes[gone.peer].isRunning {
                peers[gone.peer].handle(
                    .closed(gone.connection), now: now, wallClock: wallClock(of: gone.peer),
                    random: &nodes[gone.peer].random)
                planFlush(gone.peer)
            }
        }
        for other in peers.indices where other != peer {
            block(from: peer, to: other)
            block(from: other, to: peer)
        }
    }

    /// Puts it back.
    public mutating func heal(_ peer: Int) {
        for other in peers.indices where other != peer {
            unblock(from: peer, to: other)
            unblock(from: other, to: peer)
        }
    }

    /// Everything works again: power, disks, directions, and a calm network.
    public mutating func healAll() throws {
        network = .calm
        for peer in peers.indices {
            nodes[peer].disk.operationsUntilPowerFails = nil
            if nodes[peer].disk.freeByteCount != nil { emptyDisk(peer) }
            heal(peer)
        }
        for peer in peers.indices where !nodes[peer].isRunning { try restart(peer) }
    }
}
