// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "UV",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinUV", targets: ["DunlinUV"]),
    ],
    targets: [
        .systemLibrary(
            name: "CUV",
            path: "Sources/CUV",
            pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]
        ),
        .target(
            name: "DunlinUV",
            dependencies: [
                "CUV",
            ],
            path: "Sources/DunlinUV",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinUVTests",
            dependencies: [
                "DunlinUV",
            ],
            path: "Tests/DunlinUVTests",
            swiftSettings: settings
        ),
    ]
)
