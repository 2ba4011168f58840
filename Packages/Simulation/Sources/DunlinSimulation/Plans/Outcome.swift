/// A promise that a run found broken.
public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
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
        /// What is derived equals what the feeds give anew.
        case derivation
        /// Once everything works again, everybody has everything before long.
        case liveness
        /// A peer takes everything from outside without an error of its own.
        case composure
    }

    public var promise: Promise
    /// Milliseconds from the beginning.
    public var time: Int
    public var text: String

    public var description: String { "\(promise.rawValue) broken at \(time) ms: \(text)" }
}

/// What came of a run.
public struct Outcome: Sendable {
    public var plan: Plan
    public var failure: Failure?
    /// Equal for equal runs.
    public var trace: TraceHash
    /// Milliseconds that passed inside.
    public var virtualTime: Int
    public var counts: Counts
    public var timeline: Timeline

    public struct Counts: Hashable, Sendable {
        public var happenings = 0
        public var commits = 0
        public var crashes = 0
        public var tornWrites = 0
        public var networkFaults = 0
        public var admissions = 0
        public var renegades = 0
        /// Steps that could not be taken, since their peer was off or no member yet.
        public var skipped = 0
        public var sentBytes = 0

        public init() {}

        public static func += (a: inout Counts, b: Counts) {
            a.happenings += b.happenings
            a.commits += b.commits
            a.crashes += b.crashes
            a.tornWrites += b.tornWrites
            a.networkFaults += b.networkFaults
            a.admissions += b.admissions
            a.renegades += b.renegades
            a.skipped += b.skipped
            a.sentBytes += b.sentBytes
        }
    }
}
