// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "house",
    platforms: [.macOS(.v15)],
    targets: [
        .executableTarget(
            name: "house",
            swiftSettings: [
                .strictMemorySafety(), .treatAllWarnings(as: .error),
                .enableUpcomingFeature("ExistentialAny"),
            ])
    ])
