// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(), .treatAllWarnings(as: .error), .enableUpcomingFeature("ExistentialAny"),
]

let modules = [
    "DunlinCausality", "DunlinCompression", "DunlinCredentials", "DunlinEncoding", "DunlinEpochs",
    "DunlinFeeds", "DunlinIdentity", "DunlinInvitations",
    "DunlinKeys", "DunlinListCRDT", "DunlinMapCRDT", "DunlinMesh", "DunlinNoise", "DunlinObjects",
    "DunlinReplication",
    "DunlinSpaces", "DunlinSequences", "DunlinTextCRDT",
]

let package = Package(
    name: "dunlin-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "dunlin", path: "../..")],
    targets: [
        .target(
            name: "FuzzTargets", dependencies: modules.map { .product(name: $0, package: "dunlin") },
            swiftSettings: settings),
        // libFuzzer brings the main function.
        .executableTarget(
            name: "dunlin-fuzz", dependencies: ["FuzzTargets"],
            swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])]),
        .executableTarget(name: "dunlin-fuzz-replay", dependencies: ["FuzzTargets"], swiftSettings: settings),
    ])
