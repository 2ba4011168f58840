// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Simulation",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinSimulation", targets: ["DunlinSimulation"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Credentials"),
        .package(path: "../Encoding"),
        .package(path: "../Feeds"),
        .package(path: "../Identity"),
        .package(path: "../Invitations"),
        .package(path: "../Keys"),
        .package(path: "../Mesh"),
        .package(path: "../Objects"),
        .package(path: "../Spaces"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    ],
    targets: [
        .target(
            name: "DunlinSimulation",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinSpaces", package: "Spaces"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Sources/DunlinSimulation",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSimulationTests",
            dependencies: [
                "DunlinSimulation",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinSpaces", package: "Spaces"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "DunlinIdentity", package: "Identity"),
            ],
            path: "Tests/DunlinSimulationTests",
            swiftSettings: settings
        ),
    ]
)
