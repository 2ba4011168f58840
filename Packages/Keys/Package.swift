// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Keys",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinKeys", targets: ["DunlinKeys"]),
        .library(name: "DunlinKeyStoreFile", targets: ["DunlinKeyStoreFile"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
    ],
    targets: [
        .systemLibrary(
            name: "CSodium",
            path: "Sources/CSodium",
            pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]
        ),
        .target(
            name: "DunlinKeys",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                "CSodium",
            ],
            path: "Sources/DunlinKeys",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinKeysTests",
            dependencies: [
                "DunlinKeys",
                .product(name: "DunlinEncoding", package: "Encoding"),
            ],
            path: "Tests/DunlinKeysTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinKeyStoreFile",
            dependencies: [
                "DunlinKeys",
            ],
            path: "Sources/DunlinKeyStoreFile",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinKeyStoreFileTests",
            dependencies: [
                "DunlinKeyStoreFile",
                "DunlinKeys",
                .product(name: "DunlinEncoding", package: "Encoding"),
            ],
            path: "Tests/DunlinKeyStoreFileTests",
            swiftSettings: settings
        ),
    ]
)
