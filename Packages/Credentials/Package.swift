// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Credentials",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinCredentials", targets: ["DunlinCredentials"]),
    ],
    dependencies: [
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
    ],
    targets: [
        .target(
            name: "DunlinCredentials",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Sources/DunlinCredentials",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCredentialsTests",
            dependencies: [
                "DunlinCredentials",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Tests/DunlinCredentialsTests",
            swiftSettings: settings
        ),
    ]
)
