// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "MapCRDT",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinMapCRDT", targets: ["DunlinMapCRDT"]),
    ],
    dependencies: [
        .package(path: "../Causality"),
        .package(path: "../Encoding"),
    ],
    targets: [
        .target(
            name: "DunlinMapCRDT",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
            ],
            path: "Sources/DunlinMapCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMapCRDTTests",
            dependencies: [
                "DunlinMapCRDT",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinCausality", package: "Causality"),
            ],
            path: "Tests/DunlinMapCRDTTests",
            swiftSettings: settings
        ),
    ]
)
