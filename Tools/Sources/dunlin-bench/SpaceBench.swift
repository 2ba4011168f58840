import ArgumentParser
import Dunlin
import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import DunlinMesh
import DunlinObjects
import DunlinSpaces
import Foundation

/// Many small objects put by one client and synced to a fresh one over loopback, with real homes.
struct SpaceBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "space",
        abstract: "Objects of five fields put in transactions and synced to a fresh peer.")
    @Option(help: "Objects.") var objects = 100_000
    @Option(help: "Objects in each transaction.") var each = 100
    @Option(help: "How much longer ten times the objects may take; checked against a run of a tenth.")
    var growth: Double?
    @Option(help: "Runs of each for the growth; the quickest count.") var runs = 3

    private static let passphrase = SecretBytes(copying: Array("bench".utf8))

    func validate() throws {
        guard objects > 0, each > 0, runs > 0 else {
            throw ValidationError("--objects, --each and --runs are at least 1.")
        }
    }

    func run() async throws {
        if let growth {
            let tenth = try await quickest(objects / 10)
            let whole = try await quickest(objects)
            let put = whole.put / tenth.put, sync = whole.sync / tenth.sync
            Figure.print("space", "\(objects) objects", "put against a tenth", put, "x")
            Figure.print("space", "\(objects) objects", "sync against a tenth", sync, "x")
            guard put <= growth, sync <= growth else {
                throw ValidationError("Ten times the objects may take \(growth) times as long, no more.")
            }
        } else {
            _ = try await measure(objects)
        }
    }

    private func quickest(_ count: Int) async throws -> (put: Double, sync: Double) {
        var best = (put: Double.infinity, sync: Double.infinity)
        for _ in 0..<runs {
            let run = try await measure(count)
            best = (min(best.put, run.put), min(best.sync, run.sync))
        }
        return best
    }

    private func measure(_ count: Int) async throws -> (put: Double, sync: Double) {
        let folder = NSTemporaryDirectory() + "dunlin-bench-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let name = "\(count) objects"
        let empty = ProcessMemory.now

        let ada = try await Client.found(
            at: folder + "/ada", passphrase: Self.passphrase, profile: .test, displayName: "Ada"
        ).client
        let space = try await ada.createSpace(named: "Bench")
        let port = try await ada.listen(host: "127.0.0.1")
        var start = ContinuousClock.now
        var number = 0
        while number < count {
            let range = number..<min(count, number + each)
            _ = try await ada.commit(to: space) { transaction throws(SpaceError) in
                for index in range { try Self.put(index, &transaction) }
            }
            number = range.upperBound
            Self.progress("put", number, of: count)
        }
        let put = (ContinuousClock.now - start) / .seconds(1)
        Figure.print("space", name, "put", put, "s")
        Figure.print("space", name, "peak memory after put", ProcessMemory.peak - empty, "MiB above empty")

        let bob = try await Client.found(
            at: folder + "/bob", passphrase: Self.passphrase, profile: .test, displayName: "Bob"
        ).client
        let invitation = try await ada.invite(to: space)
        try await bob.listen(host: "127.0.0.1")
        start = .now
        try await Self.join(bob, invitation.ticket, invitation.code ?? "")
        await bob.connect(peers: [PeerAddress(host: "127.0.0.1", port: port)])
        let wanted = try await ada.appliedLengths(in: space)
        while try await bob.appliedLengths(in: space) != wanted {
            try await Task.sleep(for: .milliseconds(5))
        }
        let sync = (ContinuousClock.now - start) / .seconds(1)
        Figure.print("space", name, "sync", sync, "s")
        Figure.print("space", name, "bytes to the fresh peer", Double(await bob.byteCounts.received), "B")
        Figure.print(
            "space", name, "peak memory of both in one process", ProcessMemory.peak - empty, "MiB above empty"
        )
        guard try await ada.stateHash(of: space) == bob.stateHash(of: space) else {
            throw ValidationError("The two peers differ.")
        }
        await ada.close()
        await bob.close()
        Figure.print("space", name, "home on disk", Double(Self.byteCount(folder + "/ada")), "B")
        return (put, sync)
    }

    private static func put(_ index: Int, _ transaction: inout SpaceTransaction) throws(SpaceError) {
        var bytes = [UInt8](repeating: 0, count: 16)
        for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: index &* 0x9e37_79b9 >> (place * 8)) }
        for place in 0..<8 { bytes[8 + place] = UInt8(truncatingIfNeeded: index >> (place * 8)) }
        guard let id = ObjectID(bytes: bytes) else { return }
        try transaction.edit(id) { editor throws(ObjectError) in
            try editor.setType("task")
            try editor.put(
                .map([
                    "title": .string(UTF8String("Task number \(index)")), "done": .bool(index % 3 == 0),
                    "rank": .integer(Int64(index)), "weight": .double(Double(index) / 7),
                    "owner": .string(UTF8String("person \(index % 17)")),
                ]), at: "")
        }
    }

    private static func join(_ client: Client, _ ticket: InvitationTicket, _ code: String) async throws {
        let events = await client.events()
        let join = try await client.join(ticket)
        for await event in events {
            guard case .join(join, let state) = event else { continue }
            switch state {
            case .codeNeeded: await client.enter(code: code, for: join)
            case .failed(let error): throw error
            case .admitted: return
            case .searching, .connected, .claimed, .authenticating, .admitting: break
            }
        }
    }

    private static func progress(_ what: String, _ done: Int, of count: Int) {
        guard isatty(2) == 1, done % 5_000 < 100 else { return }
        FileHandle.standardError.write(Data("\r\(what) \(done) of \(count)   ".utf8))
    }

    private static func byteCount(_ folder: String) -> Int {
        let files = FileManager.default.enumerator(atPath: folder)
        var sum = 0
        while let name = files?.nextObject() as? String {
            let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
            sum += attributes?[.size] as? Int ?? 0
        }
        return sum
    }
}
