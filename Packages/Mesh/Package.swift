// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Mesh",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinMesh", targets: ["DunlinMesh"]),
        .library(name: "DunlinMeshUV", targets: ["DunlinMeshUV"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
        .package(path: "../Noise"),
        .package(path: "../UV"),
    ],
    targets: [
        .target(
            name: "DunlinMesh",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
            ],
            path: "Sources/DunlinMesh",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMeshTests",
            dependencies: [
                "DunlinMesh",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
            ],
            path: "Tests/DunlinMeshTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinMeshUV",
            dependencies: [
                "DunlinMesh",
                .product(name: "DunlinUV", package: "UV"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Sources/DunlinMeshUV",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMeshUVTests",
            dependencies: [
                "DunlinMeshUV",
                "DunlinMesh",
                .product(name: "DunlinUV", package: "UV"),
                .product(name: "DunlinKeys", package: "Keys"),
            ],
            path: "Tests/DunlinMeshUVTests",
            swiftSettings: settings
        ),
    ]
)
