import Foundation

/// What the rules need of `Tools/packages.json`. That the table itself is sound is for `manifests --check`.
struct PackageTable: Decodable {
    /// Of an external or a system module only the name counts here.
    struct Outside: Decodable {}

    struct Module: Decodable {
        var name: String
        var uses: [String]
        var test: Bool
        var support: Bool?
        var testUses: [String]?
    }

    struct Package: Decodable {
        var name: String
        var floor: Int
        var modules: [Module]
    }

    static let path = "Tools/packages.json"

    var external: [String: Outside]
    var system: [String: Outside]
    var packages: [Package]

    func package(_ name: String) -> Package? { packages.first { $0.name == name } }

    /// The package that a module belongs to.
    func owner(of module: String) -> Package? {
        packages.first { $0.modules.contains { $0.name == module } }
    }
}
