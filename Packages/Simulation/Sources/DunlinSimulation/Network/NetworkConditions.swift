/// How a virtual network behaves. Connections carry bytes in order, as TCP's do; loss, doubling, reordering
/// and corruption are those of somebody in the middle, and have to be noticed.
public struct NetworkConditions: Hashable, Sendable {
    /// The time of a message on its way, in milliseconds.
    public var latency: ClosedRange<Int>
    /// Of a million pieces, how many are lost for good,
    public var lost: Int
    /// come twice,
    public var doubled: Int
    /// come after the piece that was sent behind them,
    public var reordered: Int
    /// have a bit flipped.
    public var corrupted: Int
    /// Of a million messages, how many come in several pieces.
    public var split: Int
    /// Of a million dials, how many fail.
    public var refused: Int

    /// Conditions; latency in milliseconds, the others in millionths of all pieces, or dials.
    public init(
        latency: ClosedRange<Int>, lost: Int = 0, doubled: Int = 0, reordered: Int = 0, corrupted: Int = 0,
        split: Int = 0, refused: Int = 0
    ) {
        self.latency = latency
        self.lost = lost
        self.doubled = doubled
        self.reordered = reordered
        self.corrupted = corrupted
        self.split = split
        self.refused = refused
    }

    /// Nothing goes wrong, and quickly.
    public static let calm = NetworkConditions(latency: 1...3)
    /// A bad line, and somebody in the middle.
    public static let rough = NetworkConditions(
        latency: 1...400, lost: 2_000, doubled: 2_000, reordered: 2_000, corrupted: 2_000, split: 200_000,
        refused: 100_000)
}
