// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "ListCRDT",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinListCRDT", targets: ["DunlinListCRDT"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Encoding"),
        .package(path: "../Sequences"),
    ],
    targets: [
        .target(
            name: "DunlinListCRDT",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
            ],
            path: "Sources/DunlinListCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinListCRDTTests",
            dependencies: [
                "DunlinListCRDT",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
                .product(name: "DunlinSequences", package: "Sequences"),
            ],
            path: "Tests/DunlinListCRDTTests",
            swiftSettings: settings
        ),
    ]
)
