// swift-tools-version: 6.2
// Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "dunlin",
    platforms: [.macOS(.v15), .iOS(.v18)],
    products: [
        .library(name: "DunlinEncoding", targets: ["DunlinEncoding"]),
        .library(name: "DunlinQRCodes", targets: ["DunlinQRCodes"]),
        .library(name: "DunlinCausality", targets: ["DunlinCausality"]),
        .library(name: "DunlinKeys", targets: ["DunlinKeys"]),
        .library(name: "DunlinKeyStoreFile", targets: ["DunlinKeyStoreFile"]),
        .library(name: "DunlinCompression", targets: ["DunlinCompression"]),
        .library(name: "DunlinNoise", targets: ["DunlinNoise"]),
        .library(name: "DunlinSequences", targets: ["DunlinSequences"]),
        .library(name: "DunlinUV", targets: ["DunlinUV"]),
        .library(name: "DunlinMapCRDT", targets: ["DunlinMapCRDT"]),
        .library(name: "DunlinListCRDT", targets: ["DunlinListCRDT"]),
        .library(name: "DunlinTextCRDT", targets: ["DunlinTextCRDT"]),
        .library(name: "DunlinCredentials", targets: ["DunlinCredentials"]),
        .library(name: "DunlinFeeds", targets: ["DunlinFeeds"]),
        .library(name: "DunlinFeedsTestSupport", targets: ["DunlinFeedsTestSupport"]),
        .library(name: "DunlinFeedsSQLite", targets: ["DunlinFeedsSQLite"]),
        .library(name: "DunlinMesh", targets: ["DunlinMesh"]),
        .library(name: "DunlinMeshUV", targets: ["DunlinMeshUV"]),
        .library(name: "DunlinObjects", targets: ["DunlinObjects"]),
        .library(name: "DunlinEpochs", targets: ["DunlinEpochs"]),
        .library(name: "DunlinReplication", targets: ["DunlinReplication"]),
        .library(name: "DunlinInvitations", targets: ["DunlinInvitations"]),
        .library(name: "DunlinSpaces", targets: ["DunlinSpaces"]),
        .library(name: "DunlinSpacesSQLite", targets: ["DunlinSpacesSQLite"]),
        .library(name: "DunlinIdentity", targets: ["DunlinIdentity"]),
        .library(name: "Dunlin", targets: ["Dunlin"]),
        .library(name: "DunlinSimulation", targets: ["DunlinSimulation"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.3.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    ],
    targets: [
        .target(
            name: "DunlinEncoding",
            path: "Packages/Encoding/Sources/DunlinEncoding",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinEncodingTests",
            dependencies: [
                "DunlinEncoding",
            ],
            path: "Packages/Encoding/Tests/DunlinEncodingTests",
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CQREncode",
            path: "Packages/QRCodes/Sources/CQREncode",
            pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"]), .brew(["qrencode"])]
        ),
        .systemLibrary(
            name: "CZlib",
            path: "Packages/QRCodes/Sources/CZlib",
            pkgConfig: "zlib",
            providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]
        ),
        .target(
            name: "DunlinQRCodes",
            dependencies: [
                "CQREncode",
                "CZlib",
            ],
            path: "Packages/QRCodes/Sources/DunlinQRCodes",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinQRCodesTests",
            dependencies: [
                "DunlinQRCodes",
                "CZlib",
            ],
            path: "Packages/QRCodes/Tests/DunlinQRCodesTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinCausality",
            dependencies: [
                "DunlinEncoding",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Packages/Causality/Sources/DunlinCausality",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCausalityTests",
            dependencies: [
                "DunlinCausality",
                "DunlinEncoding",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Packages/Causality/Tests/DunlinCausalityTests",
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CSodium",
            path: "Packages/Keys/Sources/CSodium",
            pkgConfig: "libsodium",
            providers: [.apt(["libsodium-dev"]), .brew(["libsodium"])]
        ),
        .target(
            name: "DunlinKeys",
            dependencies: [
                "DunlinEncoding",
                "CSodium",
            ],
            path: "Packages/Keys/Sources/DunlinKeys",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinKeysTests",
            dependencies: [
                "DunlinKeys",
                "DunlinEncoding",
            ],
            path: "Packages/Keys/Tests/DunlinKeysTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinKeyStoreFile",
            dependencies: [
                "DunlinKeys",
            ],
            path: "Packages/Keys/Sources/DunlinKeyStoreFile",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinKeyStoreFileTests",
            dependencies: [
                "DunlinKeyStoreFile",
                "DunlinKeys",
                "DunlinEncoding",
            ],
            path: "Packages/Keys/Tests/DunlinKeyStoreFileTests",
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CZstd",
            path: "Packages/Compression/Sources/CZstd",
            pkgConfig: "libzstd",
            providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]
        ),
        .target(
            name: "DunlinCompression",
            dependencies: [
                "DunlinEncoding",
                "CZstd",
            ],
            path: "Packages/Compression/Sources/DunlinCompression",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCompressionTests",
            dependencies: [
                "DunlinCompression",
                "DunlinEncoding",
            ],
            path: "Packages/Compression/Tests/DunlinCompressionTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinNoise",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
            ],
            path: "Packages/Noise/Sources/DunlinNoise",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinNoiseTests",
            dependencies: [
                "DunlinNoise",
                "DunlinEncoding",
                "DunlinKeys",
            ],
            path: "Packages/Noise/Tests/DunlinNoiseTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinSequences",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
            ],
            path: "Packages/Sequences/Sources/DunlinSequences",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSequencesTests",
            dependencies: [
                "DunlinSequences",
                "DunlinEncoding",
                "DunlinCausality",
            ],
            path: "Packages/Sequences/Tests/DunlinSequencesTests",
            swiftSettings: settings
        ),
        .systemLibrary(
            name: "CUV",
            path: "Packages/UV/Sources/CUV",
            pkgConfig: "libuv",
            providers: [.apt(["libuv1-dev"]), .brew(["libuv"])]
        ),
        .target(
            name: "DunlinUV",
            dependencies: [
                "CUV",
            ],
            path: "Packages/UV/Sources/DunlinUV",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinUVTests",
            dependencies: [
                "DunlinUV",
            ],
            path: "Packages/UV/Tests/DunlinUVTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinMapCRDT",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
            ],
            path: "Packages/MapCRDT/Sources/DunlinMapCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMapCRDTTests",
            dependencies: [
                "DunlinMapCRDT",
                "DunlinEncoding",
                "DunlinCausality",
            ],
            path: "Packages/MapCRDT/Tests/DunlinMapCRDTTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinListCRDT",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
            ],
            path: "Packages/ListCRDT/Sources/DunlinListCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinListCRDTTests",
            dependencies: [
                "DunlinListCRDT",
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
            ],
            path: "Packages/ListCRDT/Tests/DunlinListCRDTTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinTextCRDT",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
            ],
            path: "Packages/TextCRDT/Sources/DunlinTextCRDT",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinTextCRDTTests",
            dependencies: [
                "DunlinTextCRDT",
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
            ],
            path: "Packages/TextCRDT/Tests/DunlinTextCRDTTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinCredentials",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Packages/Credentials/Sources/DunlinCredentials",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinCredentialsTests",
            dependencies: [
                "DunlinCredentials",
                "DunlinEncoding",
                "DunlinKeys",
                .product(name: "HashTreeCollections", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Packages/Credentials/Tests/DunlinCredentialsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinFeeds",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
            ],
            path: "Packages/Feeds/Sources/DunlinFeeds",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinFeedsTests",
            dependencies: [
                "DunlinFeeds",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinFeedsTestSupport",
            ],
            path: "Packages/Feeds/Tests/DunlinFeedsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinFeedsTestSupport",
            dependencies: [
                "DunlinFeeds",
                "DunlinKeys",
                "DunlinEncoding",
            ],
            path: "Packages/Feeds/Sources/DunlinFeedsTestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinFeedsSQLite",
            dependencies: [
                "DunlinEncoding",
                "DunlinFeeds",
                "DunlinKeys",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Packages/Feeds/Sources/DunlinFeedsSQLite",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinFeedsSQLiteTests",
            dependencies: [
                "DunlinFeedsSQLite",
                "DunlinEncoding",
                "DunlinFeeds",
                "DunlinKeys",
                .product(name: "GRDB", package: "GRDB.swift"),
                "DunlinFeedsTestSupport",
            ],
            path: "Packages/Feeds/Tests/DunlinFeedsSQLiteTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinMesh",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinNoise",
            ],
            path: "Packages/Mesh/Sources/DunlinMesh",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMeshTests",
            dependencies: [
                "DunlinMesh",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinNoise",
            ],
            path: "Packages/Mesh/Tests/DunlinMeshTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinMeshUV",
            dependencies: [
                "DunlinMesh",
                "DunlinUV",
                "DunlinKeys",
            ],
            path: "Packages/Mesh/Sources/DunlinMeshUV",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinMeshUVTests",
            dependencies: [
                "DunlinMeshUV",
                "DunlinMesh",
                "DunlinUV",
                "DunlinKeys",
            ],
            path: "Packages/Mesh/Tests/DunlinMeshUVTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinObjects",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
                "DunlinMapCRDT",
                "DunlinListCRDT",
                "DunlinTextCRDT",
            ],
            path: "Packages/Objects/Sources/DunlinObjects",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinObjectsTests",
            dependencies: [
                "DunlinObjects",
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinSequences",
                "DunlinMapCRDT",
                "DunlinListCRDT",
                "DunlinTextCRDT",
            ],
            path: "Packages/Objects/Tests/DunlinObjectsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinEpochs",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
            ],
            path: "Packages/Epochs/Sources/DunlinEpochs",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinEpochsTests",
            dependencies: [
                "DunlinEpochs",
                "DunlinEncoding",
                "DunlinKeys",
            ],
            path: "Packages/Epochs/Tests/DunlinEpochsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinReplication",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinFeeds",
            ],
            path: "Packages/Replication/Sources/DunlinReplication",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinReplicationTests",
            dependencies: [
                "DunlinReplication",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinFeeds",
                "DunlinFeedsTestSupport",
            ],
            path: "Packages/Replication/Tests/DunlinReplicationTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinInvitations",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinNoise",
                "DunlinCredentials",
            ],
            path: "Packages/Invitations/Sources/DunlinInvitations",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinInvitationsTests",
            dependencies: [
                "DunlinInvitations",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinNoise",
                "DunlinCredentials",
            ],
            path: "Packages/Invitations/Tests/DunlinInvitationsTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinSpaces",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinKeys",
                "DunlinNoise",
                "DunlinMesh",
                "DunlinFeeds",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinReplication",
                "DunlinInvitations",
            ],
            path: "Packages/Spaces/Sources/DunlinSpaces",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSpacesTests",
            dependencies: [
                "DunlinSpaces",
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinKeys",
                "DunlinNoise",
                "DunlinMesh",
                "DunlinFeeds",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinReplication",
                "DunlinInvitations",
            ],
            path: "Packages/Spaces/Tests/DunlinSpacesTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinSpacesSQLite",
            dependencies: [
                "DunlinEncoding",
                "DunlinCompression",
                "DunlinKeys",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinSpaces",
                "DunlinFeeds",
                "DunlinFeedsSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Packages/Spaces/Sources/DunlinSpacesSQLite",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSpacesSQLiteTests",
            dependencies: [
                "DunlinSpacesSQLite",
                "DunlinEncoding",
                "DunlinCompression",
                "DunlinKeys",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinSpaces",
                "DunlinFeeds",
                "DunlinFeedsSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            path: "Packages/Spaces/Tests/DunlinSpacesSQLiteTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinIdentity",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinInvitations",
                "DunlinSpaces",
            ],
            path: "Packages/Identity/Sources/DunlinIdentity",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinIdentityTests",
            dependencies: [
                "DunlinIdentity",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinCredentials",
                "DunlinObjects",
                "DunlinInvitations",
                "DunlinSpaces",
            ],
            path: "Packages/Identity/Tests/DunlinIdentityTests",
            swiftSettings: settings
        ),
        .target(
            name: "Dunlin",
            dependencies: [
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinKeyStoreFile",
                "DunlinCredentials",
                "DunlinFeeds",
                "DunlinMesh",
                "DunlinMeshUV",
                "DunlinUV",
                "DunlinObjects",
                "DunlinTextCRDT",
                "DunlinSpaces",
                "DunlinSpacesSQLite",
                "DunlinInvitations",
                "DunlinIdentity",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Packages/Dunlin/Sources/Dunlin",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinTests",
            dependencies: [
                "Dunlin",
                "DunlinEncoding",
                "DunlinKeys",
                "DunlinKeyStoreFile",
                "DunlinCredentials",
                "DunlinFeeds",
                "DunlinMesh",
                "DunlinMeshUV",
                "DunlinUV",
                "DunlinObjects",
                "DunlinTextCRDT",
                "DunlinSpaces",
                "DunlinSpacesSQLite",
                "DunlinInvitations",
                "DunlinIdentity",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Packages/Dunlin/Tests/DunlinTests",
            swiftSettings: settings
        ),
        .target(
            name: "DunlinSimulation",
            dependencies: [
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinKeys",
                "DunlinFeeds",
                "DunlinCredentials",
                "DunlinMesh",
                "DunlinObjects",
                "DunlinInvitations",
                "DunlinSpaces",
                .product(name: "HeapModule", package: "swift-collections"),
            ],
            path: "Packages/Simulation/Sources/DunlinSimulation",
            swiftSettings: settings
        ),
        .testTarget(
            name: "DunlinSimulationTests",
            dependencies: [
                "DunlinSimulation",
                "DunlinEncoding",
                "DunlinCausality",
                "DunlinKeys",
                "DunlinFeeds",
                "DunlinCredentials",
                "DunlinMesh",
                "DunlinObjects",
                "DunlinInvitations",
                "DunlinSpaces",
                .product(name: "HeapModule", package: "swift-collections"),
                "DunlinIdentity",
            ],
            path: "Packages/Simulation/Tests/DunlinSimulationTests",
            swiftSettings: settings
        ),
    ]
)
