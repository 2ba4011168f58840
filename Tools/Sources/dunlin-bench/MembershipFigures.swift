import DunlinCredentials
import MembershipVectors

/// What judging signed credentials costs, apart from their signatures.
enum MembershipFigures {
    static func show(_ shape: SignedShape) throws {
        guard let first = shape.credentials.first else { return }
        let space = first.space
        let timing = try Timing(of: 3, preparing: { CredentialSet(space: space) }) { set in
            for credential in shape.credentials { _ = set.insert(credential) }
            return set
        }
        let name = shape.name
        Figure.print("membership", name, "\(shape.credentials.count) judged", timing.seconds * 1_000, "ms")
        for (what, credential) in shape.more {
            var times: [Double] = []
            for _ in 0..<20 {
                var set = timing.result
                _ = set.insert(shape.warmUp)
                let start = ContinuousClock.now
                _ = set.insert(credential)
                times.append((ContinuousClock.now - start) / .milliseconds(1))
            }
            times.sort()
            Figure.print("membership", name, "one more \(what), median", times[times.count / 2], "ms")
            Figure.print("membership", name, "one more \(what), worst", times[times.count - 1], "ms")
        }
    }
}
