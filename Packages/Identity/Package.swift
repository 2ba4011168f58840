// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Identity",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinIdentity", targets: ["DunlinIdentity"]),
    ],
    dependencies: [
        .package(path: "../Credentials"),
        .package(path: "../Encoding"),
        .package(path: "../Invitations"),
        .package(path: "../Keys"),
        .package(path: "../Objects"),
        .package(path: "../Spaces"),
    ],
    targets: [
        .target(
            name: "DunlinIdentity",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinSpaces", package: "Spaces"),
            ],
            path: "Sources/DunlinIdentity",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinIdentityTests",
            dependencies: [
                "DunlinIdentity",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinSpaces", package: "Spaces"),
            ],
            path: "Tests/DunlinIdentityTests",
            swiftSettings: settings
        ),
    ]
)
