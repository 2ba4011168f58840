// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Causality",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinCausality", targets: ["DunlinCausality"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    ],
    targets: [
        .target(
            name: "DunlinCausality",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Sources/DunlinCausality",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCausalityTests",
            dependencies: [
                "DunlinCausality",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Tests/DunlinCausalityTests",
            swiftSettings: settings
        ),
    ]
)
