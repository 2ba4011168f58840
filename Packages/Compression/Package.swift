// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Compression",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinCompression", targets: ["DunlinCompression"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
    ],
    targets: [
        .systemLibrary(
            name: "CZstd",
            path: "Sources/CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
        ),
        .target(
            name: "DunlinCompression",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                "CZstd",
            ],
            path: "Sources/DunlinCompression",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCompressionTests",
            dependencies: [
                "DunlinCompression",
                .product(name: "DunlinEncoding", package: "Encoding"),
            ],
            path: "Tests/DunlinCompressionTests",
            swiftSettings: settings
        ),
    ]
)
