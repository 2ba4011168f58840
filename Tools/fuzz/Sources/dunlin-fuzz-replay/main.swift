import Foundation
import FuzzTargets

// `seed FOLDER` writes what honest code makes; `replay FOLDER` runs every file through the target its folder
// names.
let arguments = CommandLine.arguments
guard arguments.count == 3, ["seed", "replay", "targets"].contains(arguments[1]) else {
    print("usage: dunlin-fuzz-replay seed|replay FOLDER, or targets -")
    exit(64)
}
let folder = URL(fileURLWithPath: arguments[2])
var fileCount = 0, missing: [String] = []
for target in FuzzTarget.allCases {
    if arguments[1] == "targets" {
        print(target.rawValue)
        continue
    }
    let own = folder.appendingPathComponent(target.rawValue)
    if arguments[1] == "seed" {
        try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
        for (index, seed) in target.seeds().enumerated() {
            try Data(seed).write(to: own.appendingPathComponent("seed-\(index)"))
            fileCount += 1
        }
        continue
    }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: own.path)) ?? []).sorted()
    if names.isEmpty { missing.append(target.rawValue) }
    for name in names {
        let start = ContinuousClock.now
        target.run([UInt8](try Data(contentsOf: own.appendingPathComponent(name))))
        let time = ContinuousClock.now - start
        guard time < .seconds(2) else {
            print("\(target.rawValue)/\(name) took \(time): an input may take no longer than 2 seconds")
            exit(1)
        }
        fileCount += 1
    }
}
if arguments[1] != "targets" { print("\(FuzzTarget.allCases.count) targets, \(fileCount) files") }
if !missing.isEmpty {
    print("no corpus for: \(missing.joined(separator: " "))")
    exit(1)
}
