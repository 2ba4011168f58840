import DunlinKeys
import MembershipVectors

/// Graphs of the reference model of membership, built from signed credentials.
enum MembershipConformance {
    static func run(_ file: VectorFile, _ tally: inout Tally) throws {
        var pool = KeyPool(seed: 1)
        var random = SeededRandom(seed: 1)
        try ModelFile.forEach(file.path) { model in
            let graph = try SignedDAG(model, pool: &pool)
            let differences = graph.differences(shuffles: 1, random: &random)
            if !differences.isEmpty, let unsaid = graph.unsaid {
                return print("    \(model.title) is left out, credentials cannot say it: \(unsaid)")
            }
            tally.expect(differences.isEmpty, "\(model.title): \(differences.joined(separator: "; "))")
        }
    }
}
