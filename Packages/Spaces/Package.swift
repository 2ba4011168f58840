// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Spaces",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinSpaces", targets: ["DunlinSpaces"]),
        .library(name: "DunlinSpacesSQLite", targets: ["DunlinSpacesSQLite"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Compression"),
        .package(path: "../Credentials"),
        .package(path: "../Encoding"),
        .package(path: "../Feeds"),
        .package(path: "../Invitations"),
        .package(path: "../Keys"),
        .package(path: "../Mesh"),
        .package(path: "../Noise"),
        .package(path: "../Objects"),
        .package(path: "../Replication"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(
            name: "DunlinSpaces",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinReplication", package: "Replication"),
                .product(name: "DunlinInvitations", package: "Invitations"),
            ],
            path: "Sources/DunlinSpaces",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSpacesTests",
            dependencies: [
                "DunlinSpaces",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinReplication", package: "Replication"),
                .product(name: "DunlinInvitations", package: "Invitations"),
            ],
            path: "Tests/DunlinSpacesTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinSpacesSQLite",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCompression", package: "Compression"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                "DunlinSpaces",
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinFeedsSQLite", package: "Feeds"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Sources/DunlinSpacesSQLite",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSpacesSQLiteTests",
            dependencies: [
                "DunlinSpacesSQLite",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCompression", package: "Compression"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                "DunlinSpaces",
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinFeedsSQLite", package: "Feeds"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Tests/DunlinSpacesSQLiteTests",
            swiftSettings: settings
        ),
    ]
)
