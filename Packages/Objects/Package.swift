// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Objects",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinObjects", targets: ["DunlinObjects"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Encoding"),
        .package(path: "../ListCRDT"),
        .package(path: "../MapCRDT"),
        .package(path: "../Sequences"),
        .package(path: "../TextCRDT"),
    ],
    targets: [
        .target(
            name: "DunlinObjects",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
                .product(name: "DunlinMapCRDT", package: "MapCRDT"),
                .product(name: "DunlinListCRDT", package: "ListCRDT"),
                .product(name: "DunlinTextCRDT", package: "TextCRDT"),
            ],
            path: "Sources/DunlinObjects",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinObjectsTests",
            dependencies: [
                "DunlinObjects",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
                .product(name: "DunlinMapCRDT", package: "MapCRDT"),
                .product(name: "DunlinListCRDT", package: "ListCRDT"),
                .product(name: "DunlinTextCRDT", package: "TextCRDT"),
            ],
            path: "Tests/DunlinObjectsTests",
            swiftSettings: settings
        ),
    ]
)
