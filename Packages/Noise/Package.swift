// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Noise",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinNoise", targets: ["DunlinNoise"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
    ],
    targets: [
        .target(
            name: "DunlinNoise",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Sources/DunlinNoise",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinNoiseTests",
            dependencies: [
                "DunlinNoise",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Tests/DunlinNoiseTests",
            swiftSettings: settings
        ),
    ]
)
