// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Replication",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinReplication", targets: ["DunlinReplication"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Feeds"),
        .package(path: "../Keys"),
    ],
    targets: [
        .target(
            name: "DunlinReplication",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinFeeds", package: "Feeds"),
            ],
            path: "Sources/DunlinReplication",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinReplicationTests",
            dependencies: [
                "DunlinReplication",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinFeedsTestSupport", package: "Feeds"),
            ],
            path: "Tests/DunlinReplicationTests",
            swiftSettings: settings
        ),
    ]
)
