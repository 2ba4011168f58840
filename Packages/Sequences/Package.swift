// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Sequences",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinSequences", targets: ["DunlinSequences"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Encoding"),
    ],
    targets: [
        .target(
            name: "DunlinSequences",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
            ],
            path: "Sources/DunlinSequences",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSequencesTests",
            dependencies: [
                "DunlinSequences",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
            ],
            path: "Tests/DunlinSequencesTests",
            swiftSettings: settings
        ),
    ]
)
