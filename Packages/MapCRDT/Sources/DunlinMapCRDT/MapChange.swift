import DunlinEncoding

/// What a merge changed of one key, as it is shown here.
public struct MapChange: Hashable, Sendable {
    /// The key.
    public var key: UTF8String
    /// What showed before; nil when the key was not there.
    public var old: CBORValue?
    /// What shows now; nil when the key is gone.
    public var new: CBORValue?
}
