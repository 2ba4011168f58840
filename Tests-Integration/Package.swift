// swift-tools-version: 6.2
import PackageDescription

// Real processes over real sockets and a real disk. `DUNLIN_BIN` names the folder of the built commands.
let package = Package(
    name: "dunlin-integration",
    platforms: [.macOS(.v15)],
    targets: [
        .testTarget(
            name: "ScenarioTests", path: "Tests/ScenarioTests",
            swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)])
    ]
)
