// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Epochs",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinEpochs", targets: ["DunlinEpochs"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
    ],
    targets: [
        .target(
            name: "DunlinEpochs",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Sources/DunlinEpochs",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinEpochsTests",
            dependencies: [
                "DunlinEpochs",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Tests/DunlinEpochsTests",
            swiftSettings: settings
        ),
    ]
)
