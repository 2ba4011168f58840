import Foundation

/// `Tools/packages.json`: every package, its floor, and what its modules use.
struct PackageTable: Decodable {
    struct External: Decodable {
        var package: String
        var url: String
        var from: String
    }

    struct System: Decodable {
        var package: String
        var pkgConfig: String
        var apt: String
        var brew: String
    }

    struct Module: Decodable {
        var name: String
        var uses: [String]
        var test: Bool
        var support: Bool?
        /// What the tests use besides.
        var testUses: [String]?
        var isSupport: Bool { support ?? false }
    }

    struct Package: Decodable {
        var name: String
        var floor: Int
        var owns: String
        var modules: [Module]
    }

    var platforms: [String]
    var external: [String: External]
    var system: [String: System]
    var packages: [Package]

    static func load(_ root: String) throws -> PackageTable {
        let data = try Data(contentsOf: URL(fileURLWithPath: root + "/Tools/packages.json"))
        return try JSONDecoder().decode(PackageTable.self, from: data)
    }

    /// The package that a module belongs to.
    func owner(of module: String) -> Package? {
        packages.first { $0.modules.contains { $0.name == module } }
    }

    /// Uses that do not go downward, or of modules that do not exist.
    func violations() -> [String] {
        packages.flatMap { package in
            package.modules.flatMap { module in
                module.uses.compactMap { use -> String? in
                    if external[use] != nil { return nil }
                    if let system = system[use] {
                        return system.package == package.name
                            ? nil
                            : "\(module.name) uses \(use), which only \(system.package) may: go through its module."
                    }
                    guard let owner = owner(of: use) else {
                        return
                            "\(module.name) uses \(use), which is in no package: add it to Tools/packages.json."
                    }
                    guard owner.name == package.name || owner.floor < package.floor else {
                        return "\(module.name) (floor \(package.floor)) uses \(use) (floor \(owner.floor)): "
                            + "a package uses lower floors only; move the code or the floor."
                    }
                    return nil
                }
            }
        }
    }
}
