// swift-tools-version: 6.2
import PackageDescription

// A package of its own without dependencies, so that holding the rules fetches and builds nothing else.
let package = Package(
    name: "house",
    platforms: [.macOS(.v15)],
    targets: [
        .executableTarget(
            name: "house", path: "Sources/house",
            swiftSettings: [
                .strictMemorySafety(), .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
            ])
    ]
)
