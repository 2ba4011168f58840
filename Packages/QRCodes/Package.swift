// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "QRCodes",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinQRCodes", targets: ["DunlinQRCodes"]),
    ],
    targets: [
        .systemLibrary(
            name: "CQREncode",
            path: "Sources/CQREncode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Sources/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .target(
            name: "DunlinQRCodes",
            dependencies: [
                "CQREncode",
                "CZlib",
            ],
            path: "Sources/DunlinQRCodes",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinQRCodesTests",
            dependencies: [
                "DunlinQRCodes",
                "CZlib",
            ],
            path: "Tests/DunlinQRCodesTests",
            swiftSettings: settings
        ),
    ]
)
