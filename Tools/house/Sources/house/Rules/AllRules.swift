/// The rules of the house; a new one is added here and nowhere else.
let allRules: [any Rule] = [
    ImportsRule(),
    CoreSystemRule(),
    CoreTimeAndChanceRule(),
    TrapsRule(),
    ForceUnwrapRule(),
    UnsafeFilesRule(),
    TypeNamesRule(),
    UnfinishedRule(),
    CommentedOutRule(),
    DocumentationRule(),
    LineLengthRule(),
    FunctionSizeRule(),
    FileSizeRule(),
    ReadmeRule(),
    TestsRule(),
    LeftoversRule(),
    RuleTableRule(),
]

/// Everything that the self-test has to prove: the rules, and the two lists that excuse from them.
let allProvable: [any Provable] = allRules + [ExceptionList.Proof(), Ratchet.Proof()]
