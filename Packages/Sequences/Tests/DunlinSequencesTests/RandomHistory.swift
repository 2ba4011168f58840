import DunlinCausality
import DunlinSequences
import Testing

/// A random history: replicas that type, delete, stay away for long, join late and start from old versions.
struct RandomHistory {
    private var history: SequenceHistory
    /// Operations to make.
    private let size: Int
    /// At most 12, and one less for the one that joins when everything is done.
    private let most: Int
    /// In a hundred deliveries, how many bring everything.
    private let wholeMerges: Int
    /// In a hundred edits, how many set or move: in a text none do.
    private let arrangements: Int
    /// By replica, where it types: people go on where they were.
    private var carets: [Int] = []
    /// By replica, the turns it still spends without receiving anything.
    private var away: [Int] = []
    private var snapshots: [SequenceReplica] = []

    /// Plays a history until all its operations are made; not everything has been delivered then.
    static func make(seed: UInt64) throws -> SequenceHistory {
        var maker = try Self(seed: seed)
        try maker.run()
        return maker.history
    }

    private init(seed: UInt64) throws {
        var history = SequenceHistory(seed: seed)
        // Small ones are short enough to be worked through by hand when they fail. Large ones cost most, and
        // the largest are left to seeds that only a long run reaches.
        let largest = seed < 1000 ? 120 : 300
        size =
            switch seed % 64 {
            case 0..<10: Int.random(in: 2...16, using: &history.random)
            case 10..<63: Int.random(in: 20...55, using: &history.random)
            default: Int.random(in: 80...largest, using: &history.random)
            }
        let isCrowded = Int.random(in: 0..<8, using: &history.random) == 0
        most = Int.random(in: isCrowded ? 5...11 : 2...4, using: &history.random)
        wholeMerges = [0, 5, 20, 60].randomElement(using: &history.random) ?? 0
        arrangements = [0, 15, 40, 70].randomElement(using: &history.random) ?? 0
        self.history = history
        for _ in 0..<number(1...most) { try join(from: nil) }
    }

    private mutating func join(from old: SequenceReplica?) throws {
        try history.join(from: old)
        carets.append(0)
        away.append(0)
    }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &history.random) < percent
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &history.random)
    }

    private mutating func run() throws {
        while history.operations.count < size {
            if history.replicas.count < most, chance(8) {
                try join(from: chance(60) ? snapshots.randomElement(using: &history.random) : nil)
            }
            let index = number(0...history.replicas.count - 1)
            if chance(4) { remember(index) }
            if chance(3) { away[index] = number(5...30) }
            if away[index] > 0 {
                away[index] -= 1
            } else if chance(wholeMerges) {
                try history.deliverAll(to: index, oldestFirst: chance(70))
            } else {
                let batch = chance(20) ? 4 * history.replicas.count : history.replicas.count
                for _ in 0..<number(0...batch) { try history.deliverOne(to: index, oldestFirst: chance(70)) }
            }
            if chance(50) { try history.check(index) }
            guard chance(70) else { continue }
            for _ in 0..<number(1...3) { try edit(index) }
            if chance(25) { try history.check(index) }
        }
    }

    private mutating func remember(_ index: Int) {
        let snapshot = history.replicas[index].snapshot(operations: history.operations.count)
        if snapshots.count < 3 {
            snapshots.append(snapshot)
        } else {
            snapshots[number(0...2)] = snapshot
        }
    }

    private mutating func edit(_ index: Int) throws {
        let length = history.replicas[index].content.count
        if length > 0, chance(arrangements) { return try arrange(length, by: index) }
        let roll = number(0...99)
        if roll < 4 {
            try history.perform(nil, count: number(1...3), by: index)
        } else if roll < 54 || length == 0 && roll < 90 {
            try insert(length, by: index)
        } else if roll < 76 {
            try deleteForward(length, by: index)
        } else {
            try deleteBackward(length, by: index)
        }
    }

    private mutating func insert(_ length: Int, by index: Int) throws {
        let count = number(1...6)
        var position = place(in: length, by: index)
        if chance(5) { position = length + number(1...3) }
        try history.perform(SequenceOperation(.insert, at: position, count: count), count: count, by: index)
        // At the beginning of what was typed, or behind it.
        carets[index] = chance(30) ? position : position + count
    }

    private mutating func deleteForward(_ length: Int, by index: Int) throws {
        var position = place(in: length, by: index), count = number(1...5)
        if chance(3) { (position, count) = (0, length + 1) }
        if chance(5) { position = length + number(0...2) }
        try history.perform(
            SequenceOperation(.deleteForward, at: position, count: count), count: count, by: index)
        carets[index] = position
    }

    private mutating func deleteBackward(_ length: Int, by index: Int) throws {
        var position = max(0, place(in: length, by: index) - 1)
        if chance(10) { position = length + number(0...3) }
        let count = min(number(1...6), position + 1)
        try history.perform(
            SequenceOperation(.deleteBackward, at: position, count: count), count: count, by: index)
        carets[index] = position - count + 1
    }

    private mutating func arrange(_ length: Int, by index: Int) throws {
        if chance(40) {
            let position = chance(5) ? length : place(in: length, by: index), count = number(1...4)
            return try history.perform(
                SequenceOperation(.set, at: position, count: count), count: count, by: index)
        }
        let from = chance(5) ? length : min(place(in: length, by: index), length - 1)
        let to = chance(5) ? length : min(place(in: length, by: index), length - 1)
        try history.perform(SequenceOperation(moving: from, to: to), count: 1, by: index)
        carets[index] = to
    }

    /// A position in range, mostly where others may be at work, too.
    private mutating func place(in length: Int, by index: Int) -> Int {
        switch number(0...9) {
        case 0...3: min(carets[index], length)
        case 4...5: number(0...min(length, 2))
        case 6: length
        default: number(0...length)
        }
    }
}
