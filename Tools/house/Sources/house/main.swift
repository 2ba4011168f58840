import Foundation

// house check|ratchet|self-test ROOT
let arguments = CommandLine.arguments
guard arguments.count == 3, ["check", "ratchet", "self-test"].contains(arguments[1]) else {
    print("usage: house check|ratchet|self-test ROOT")
    exit(64)
}
var complaints: [String] = []
switch arguments[1] {
case "self-test":
    complaints = SelfTest.run()
    if complaints.isEmpty { print("each of \(Rule.all.count) rules notices what breaks it") }
case "ratchet":
    let text = try Ratchet.text(Tree(root: arguments[2]))
    try text.write(toFile: arguments[2] + "/" + Ratchet.path, atomically: true, encoding: .utf8)
    print("wrote \(Ratchet.path)")
default:
    let tree = try Tree(root: arguments[2])
    let ratchet = try Ratchet(tree)
    complaints = Rule.all.flatMap { ratchet.complaints($0, $0.check(tree)) }
    if complaints.isEmpty {
        print("the house rules hold: \(Rule.all.count) rules, \(tree.sources.count) files")
    }
}
for complaint in complaints { print(complaint) }
exit(complaints.isEmpty ? 0 : 1)
