/// A promise that a run found broken.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What has to hold in every run.
    public enum Promise: String, Hashable, Sendable, CaseIterable {
        /// Peers that hold the same blocks have the same objects and members.
        case convergence
        /// What was acknowledged is there, after every crash.
        case durability
        /// No feed of an honest device has two ends.
        case oneFeed = "one feed"
        /// Nothing is seen before what it was made upon.
        case causality
        /// A transaction is seen whole or not at all.
        case atomicity
        /// Nobody writes or lets in more than the credentials allow.
        case authority
        /// Who was taken out opens nothing that is written by somebody who knows it.
        case secrecy
        /// What is derived equals what the feeds give anew.
        case derivation
        /// Once everything works again, everybody has everything before long.
        case liveness
        /// A peer takes everything from outside without an error of its own.
        case composure
    }

    /// What did not hold.
    public var promise: Promise
    /// Milliseconds from the beginning.
    public var time: Int
    /// How it showed.
    public var text: String

    /// One sentence: what broke, when and how.
    public var description: String { "\(promise.rawValue) broken at \(time) ms: \(text)" }
}

/// What came of a run.
public struct Outcome: Sendable {
    /// What was carried out.
    public var plan: Plan
    /// What went wrong first; nil when every promise held.
    public var failure: Failure?
    /// Equal for equal runs.
    public var trace: TraceHash
    /// Milliseconds that passed inside.
    public var virtualTime: Int
    /// What happened, in numbers.
    public var counts: Counts
    /// What happened, when and where; empty unless it was recorded.
    public var timeline: Timeline

    /// What happened in a run, or in many, in numbers.
    public struct Counts: Hashable, Sendable {
        /// Steps of the schedule.
        public var happenings = 0
        /// Transactions that were acknowledged.
        public var commits = 0
        /// Peers whose power failed at once.
        public var crashes = 0
        /// Peers whose power was to fail within a write.
        public var tornWrites = 0
        /// Pieces that were lost, doubled, late or changed.
        public var networkFaults = 0
        /// Guests that were let in.
        public var admissions = 0
        /// Members that were taken out or given another role.
        public var memberChanges = 0
        /// Members that ran a program of their own.
        public var renegades = 0
        /// Steps that could not be taken, since their peer was off or no member yet.
        public var skipped = 0
        /// Bytes that peers gave to the network.
        public var sentBytes = 0

        /// Nothing happened.
        public init() {}

        /// Adds the numbers of another run.
        public static func += (a: inout Counts, b: Counts) {
            a.happenings += b.happenings
            a.commits += b.commits
            a.crashes += b.crashes
            a.tornWrites += b.tornWrites
            a.networkFaults += b.networkFaults
            a.admissions += b.admissions
            a.memberChanges += b.memberChanges
            a.renegades += b.renegades
            a.skipped += b.skipped
            a.sentBytes += b.sentBytes
        }
    }
}
