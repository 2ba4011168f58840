import DunlinTextCRDT

/// What an edit or a merge did to one text of an object, for a view of the text.
///
/// Told are the texts that stood somewhere before and still do, though perhaps elsewhere. A text that came
/// into being, came back or went away has changed as a whole: the path that changed says so, and its content
/// is read anew.
public struct ObjectTextChange: Hashable, Sendable {
    /// The text, which is the same one wherever it stands.
    public var container: ContainerID
    /// Where it stood before.
    public var oldPath: ObjectPath
    /// Where it stands now; elsewhere than before when elements of a list around it have moved.
    public var path: ObjectPath
    /// What makes the text before the text now, in order: each is about the text as the ones before it left
    /// it. Nothing of marks: ask for the attributed runs again.
    public var deltas: [TextDelta]
}
