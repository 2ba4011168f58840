/// A piece of Swift code. Comments are kept apart, and of a string literal only that it is one.
struct Token {
    enum Kind {
        case word
        case number
        case string
        /// An operator, or one bracket, comma, colon and the like.
        case mark
    }

    var kind: Kind
    /// Empty for a string literal.
    var text: String
    var line: Int
    /// No space stands before it.
    var touchesPrevious: Bool
}

/// A comment, or one line of several that follow each other.
struct Comment {
    /// Without the slashes and the space around.
    var text: String
    var line: Int
    var lastLine: Int
    /// `///` or `/** */`.
    var isDocumentation: Bool
    /// No code stands before it on its line.
    var isAlone: Bool
}
