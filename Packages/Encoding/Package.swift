// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Encoding",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinEncoding", targets: ["DunlinEncoding"]),
    ],
    targets: [
        .target(
            name: "DunlinEncoding",
            path: "Sources/DunlinEncoding",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinEncodingTests",
            dependencies: [
                "DunlinEncoding",
            ],
            path: "Tests/DunlinEncodingTests",
            swiftSettings: settings
        ),
    ]
)
