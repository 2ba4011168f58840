// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Invitations",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinInvitations", targets: ["DunlinInvitations"]),
    ],
    dependencies: [
        .package(path: "../Credentials"),
        .package(path: "../Encoding"),
        .package(path: "../Keys"),
        .package(path: "../Noise"),
    ],
    targets: [
        .target(
            name: "DunlinInvitations",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
                .product(name: "DunlinCredentials", package: "Credentials"),
            ],
            path: "Sources/DunlinInvitations",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinInvitationsTests",
            dependencies: [
                "DunlinInvitations",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinNoise", package: "Noise"),
                .product(name: "DunlinCredentials", package: "Credentials"),
            ],
            path: "Tests/DunlinInvitationsTests",
            swiftSettings: settings
        ),
    ]
)
