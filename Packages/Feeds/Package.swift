// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Feeds",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinFeeds", targets: ["DunlinFeeds"]),
        .library(name: "DunlinFeedsTestSupport", targets: ["DunlinFeedsTestSupport"]),
        .library(name: "DunlinFeedsSQLite", targets: ["DunlinFeedsSQLite"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .target(
            name: "DunlinFeeds",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Sources/DunlinFeeds",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinFeedsTests",
            dependencies: [
                "DunlinFeeds",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                "DunlinFeedsTestSupport",
            ],
            path: "Tests/DunlinFeedsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinFeedsTestSupport",
            dependencies: [
                "DunlinFeeds",
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinEncoding", package: "Encoding"),
            ],
            path: "Sources/DunlinFeedsTestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinFeedsSQLite",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                "DunlinFeeds",
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Sources/DunlinFeedsSQLite",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinFeedsSQLiteTests",
            dependencies: [
                "DunlinFeedsSQLite",
                .product(name: "DunlinEncoding", package: "Encoding"),
                "DunlinFeeds",
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "GRDB", package: "GRDB.swift"),
                "DunlinFeedsTestSupport",
            ],
            path: "Tests/DunlinFeedsSQLiteTests",
            swiftSettings: settings
        ),
    ]
)
