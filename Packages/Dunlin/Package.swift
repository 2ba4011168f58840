// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "Dunlin",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "Dunlin", targets: ["Dunlin"]),
    ],
    dependencies: [
        .package(path: "../Credentials"),
        .package(path: "../Encoding"),
        .package(path: "../Feeds"),
        .package(path: "../Identity"),
        .package(path: "../Invitations"),
        .package(path: "../Keys"),
        .package(path: "../Mesh"),
        .package(path: "../Objects"),
        .package(path: "../Spaces"),
        .package(path: "../TextCRDT"),
        .package(path: "../UV"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "Dunlin",
            dependencies: [
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinKeyStoreFile", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinMeshUV", package: "Mesh"),
                .product(name: "DunlinUV", package: "UV"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinTextCRDT", package: "TextCRDT"),
                .product(name: "DunlinSpaces", package: "Spaces"),
                .product(name: "DunlinSpacesSQLite", package: "Spaces"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinIdentity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Dunlin",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinTests",
            dependencies: [
                "Dunlin",
                .product(name: "DunlinEncoding", package: "Encoding"),
                .product(name: "DunlinKeys", package: "Keys"),
                .product(name: "DunlinKeyStoreFile", package: "Keys"),
                .product(name: "DunlinCredentials", package: "Credentials"),
                .product(name: "DunlinFeeds", package: "Feeds"),
                .product(name: "DunlinMesh", package: "Mesh"),
                .product(name: "DunlinMeshUV", package: "Mesh"),
                .product(name: "DunlinUV", package: "UV"),
                .product(name: "DunlinObjects", package: "Objects"),
                .product(name: "DunlinTextCRDT", package: "TextCRDT"),
                .product(name: "DunlinSpaces", package: "Spaces"),
                .product(name: "DunlinSpacesSQLite", package: "Spaces"),
                .product(name: "DunlinInvitations", package: "Invitations"),
                .product(name: "DunlinIdentity", package: "Identity"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/DunlinTests",
            swiftSettings: settings
        ),
    ]
)
