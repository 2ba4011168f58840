// swift-tools-version: 6.2
import PackageDescription

// A package of its own without dependencies, so that checking the manifests fetches and builds nothing else.
let package = Package(
    name: "manifests",
    platforms: [.macOS(.v15)],
    targets: [
        .executableTarget(
            name: "manifests", path: "Sources/manifests",
            swiftSettings: [.strictMemorySafety(), .treatAllWarnings(as: .error)])
    ]
)
