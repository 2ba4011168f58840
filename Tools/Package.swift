// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
]

func product(_ name: String) -> Target.Dependency { .product(name: name, package: "dunlin") }

let package = Package(
    name: "dunlin-tools",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dunlin", targets: ["dunlin"]),
        .executable(name: "dunlin-demo", targets: ["dunlin-demo"]),
        .executable(name: "dunlin-bench", targets: ["dunlin-bench"]),
        .executable(name: "dunlin-conformance", targets: ["dunlin-conformance"]),
        .executable(name: "dunlin-sim", targets: ["dunlin-sim"]),
    ],
    dependencies: [
        .package(name: "dunlin", path: ".."),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    ],
    targets: [
        .target(
            name: "DunlinCommandLine",
            dependencies: [
                product("Dunlin"), product("DunlinCredentials"), product("DunlinEncoding"),
                product("DunlinFeeds"), product("DunlinInvitations"), product("DunlinKeys"),
                product("DunlinKeyStoreFile"),
                product("DunlinMesh"),
                product("DunlinMeshUV"), product("DunlinObjects"), product("DunlinQRCodes"),
                product("DunlinSpaces"),
                product("DunlinTextCRDT"), product("DunlinUV"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/DunlinCommandLine", swiftSettings: settings),
        .executableTarget(
            name: "dunlin", dependencies: ["DunlinCommandLine"], path: "Sources/dunlin",
            swiftSettings: settings),
        .executableTarget(
            name: "dunlin-demo",
            dependencies: [
                "DunlinCommandLine", "Recordings", product("Dunlin"), product("DunlinCredentials"),
                product("DunlinEncoding"),
                product("DunlinInvitations"), product("DunlinKeys"), product("DunlinMesh"),
                product("DunlinMeshUV"),
                product("DunlinObjects"), product("DunlinSpaces"), product("DunlinUV"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/dunlin-demo", swiftSettings: settings),
        .target(name: "Recordings", path: "Sources/Recordings", swiftSettings: settings),
        .executableTarget(
            name: "dunlin-bench",
            dependencies: [
                "Recordings", product("Dunlin"), product("DunlinTextCRDT"), product("DunlinCausality"),
                product("DunlinSequences"), product("DunlinListCRDT"), product("DunlinMapCRDT"),
                product("DunlinCompression"), product("DunlinCredentials"),
                product("DunlinEncoding"),
                product("DunlinKeys"), product("DunlinNoise"), product("DunlinFeeds"),
                product("DunlinFeedsSQLite"),
                product("DunlinMesh"), product("DunlinUV"), product("DunlinObjects"),
                product("DunlinInvitations"),
                product("DunlinSpaces"), .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/dunlin-bench", swiftSettings: settings),
        .executableTarget(
            name: "dunlin-sim",
            dependencies: [
                product("DunlinSimulation"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Sources/dunlin-sim", swiftSettings: settings),
        .executableTarget(
            name: "dunlin-conformance",
            dependencies: [
                product("DunlinEncoding"), product("DunlinKeys"), product("DunlinNoise"),
                product("DunlinFeeds"),
                product("DunlinInvitations"), product("DunlinCausality"), product("DunlinCredentials"),
                product("DunlinMesh"), product("DunlinObjects"), product("DunlinReplication"),
                product("DunlinSpaces"),
            ],
            path: "Sources/dunlin-conformance", swiftSettings: settings),
        .testTarget(
            name: "DunlinCommandLineTests",
            dependencies: ["DunlinCommandLine", product("DunlinObjects"), product("DunlinEncoding")],
            path: "Tests/DunlinCommandLineTests", swiftSettings: settings),
    ]
)
