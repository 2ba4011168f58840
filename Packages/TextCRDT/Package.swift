// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "TextCRDT",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinTextCRDT", targets: ["DunlinTextCRDT"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Encoding"),
        .package(path: "../Sequences"),
    ],
    targets: [
        .target(
            name: "DunlinTextCRDT",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
            ],
            path: "Sources/DunlinTextCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinTextCRDTTests",
            dependencies: [
                "DunlinTextCRDT",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
            ],
            path: "Tests/DunlinTextCRDTTests",
            swiftSettings: settings
        ),
    ]
)
