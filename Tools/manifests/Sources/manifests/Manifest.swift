/// Writes a `Package.swift`.
struct Manifest {
    var table: PackageTable
    var name: String
    var packages: [PackageTable.Package]
    /// The root manifest lists every package's targets by path; the others use their neighbours by path.
    var isRoot: Bool

    private static let head = """
        // swift-tools-version: 6.2
        // Written by `make manifests` from Tools/packages.json. Edit the table, not this file.
        import PackageDescription

        let settings: [SwiftSetting] = [
            .strictMemorySafety(),
            .treatAllWarnings(as: .error),
            .enableUpcomingFeature("ExistentialAny"),
        ]


        """

    private var modules: [PackageTable.Module] { packages.flatMap(\.modules) }

    func text() -> String {
        let own = Set(modules.map(\.name))
        let uses = Set(modules.flatMap { $0.uses + ($0.testUses ?? []) }).subtracting(own)
        let neighbours = Set(uses.compactMap { table.owner(of: $0)?.name }).sorted()
        var dependencies = neighbours.map { "        .package(path: \"../\($0)\")," }
        for use in uses.sorted() {
            guard let external = table.external[use] else { continue }
            let line = "        .package(url: \"\(external.url)\", from: \"\(external.from)\"),"
            if !dependencies.contains(line) { dependencies.append(line) }
        }
        let products = modules.map { "        .library(name: \"\($0.name)\", targets: [\"\($0.name)\"])," }
        let dependencyPart =
            dependencies.isEmpty
            ? "" : "    dependencies: [\n\(dependencies.joined(separator: "\n"))\n    ],\n"
        return Self.head + """
            let package = Package(
                name: "\(name)",
                platforms: [\(table.platforms.joined(separator: ", "))],
                products: [
            \(products.joined(separator: "\n"))
                ],
            \(dependencyPart)    targets: [
            \(packages.flatMap(targets).joined(separator: "\n"))
                ]
            )

            """
    }

    private func targets(_ package: PackageTable.Package) -> [String] {
        let prefix = isRoot ? "Packages/\(package.name)/" : ""
        var targets: [String] = []
        for (name, system) in table.system.sorted(by: { $0.key < $1.key })
        where system.package == package.name {
            targets.append(
                """
                        .systemLibrary(
                            name: "\(name)",
                            path: "\(prefix)Sources/\(name)",
                            pkgConfig: "\(system.pkgConfig)",
                            providers: [.apt(["\(system.apt)"]), .brew(["\(system.brew)"])]
                        ),
                """)
        }
        let support = package.modules.filter(\.isSupport).map(\.name)
        for module in package.modules {
            targets.append(
                target("target", module.name, "\(prefix)Sources/\(module.name)", module.uses))
            guard module.test else { continue }
            let uses =
                [module.name] + module.uses.filter { table.system[$0] == nil } + support
                + (module.testUses ?? [])
            targets.append(
                target("testTarget", module.name + "Tests", "\(prefix)Tests/\(module.name)Tests", uses))
        }
        return targets
    }

    private func target(_ kind: String, _ name: String, _ path: String, _ uses: [String]) -> String {
        let lines = uses.map { "                \(reference($0)),\n" }.joined()
        let dependencies = uses.isEmpty ? "" : "            dependencies: [\n\(lines)            ],\n"
        return """
                    .\(kind)(
                        name: "\(name)",
            \(dependencies)            path: "\(path)",
                        swiftSettings: settings
                    ),
            """
    }

    private func reference(_ use: String) -> String {
        if let external = table.external[use] {
            return ".product(name: \"\(use)\", package: \"\(external.package)\")"
        }
        if table.system[use] != nil || modules.contains(where: { $0.name == use }) { return "\"\(use)\"" }
        return ".product(name: \"\(use)\", package: \"\(table.owner(of: use)?.name ?? use)\")"
    }
}
