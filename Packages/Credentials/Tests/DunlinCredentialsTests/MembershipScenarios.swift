import Testing

/// A few acts, and what must follow from them.
struct Scenario: CustomTestStringConvertible {
    var name: String
    var acts: String
    var members: String
    var without: String

    /// - Parameters:
    ///   - acts: Each on a line: `id after parents: identity.device type …`.
    ///   - without: What is not live.
    init(_ name: String, _ acts: String, members: String, without: String) {
        self.name = name
        self.acts = acts
        self.members = members
        self.without = without
    }

    var testDescription: String { name }

    /// A founds the space, then admits B and C.
    static let all = [
        Scenario(
            "mutual removal",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3x after 2c: B.b1 remove C
            3y after 2c: C.c1 remove B
            """,
            members: "A=admin(a1) B=admin(b1)", without: "3y=invalid"),
        Scenario(
            "removed admin adds a friend concurrently",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3r after 2c: A.a1 remove B
            3m after 2c: B.b1 admit M.m1 admin
            4n after 3m: M.m1 admit N.n1 editor
            """,
            members: "A=admin(a1) C=admin(c1)", without: "3m=void 4n=void"),
        Scenario(
            "concurrent removals with different views",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3k after 2c: C.c1 adminact
            4k after 3k: C.c1 adminact
            3r after 2c: A.a1 remove C
            4s after 3k: B.b1 remove C
            """,
            members: "A=admin(a1) B=admin(b1)", without: "4k=void"),
        Scenario(
            "stolen senior laptop",
            """
            g after -: A.a1 genesis
            1d after g: A.a1 device.admit a2
            2b after 1d: A.a1 admit B.b1 admin
            3t after 2b: A.a1 device.revoke a2
            4t after 3t: A.a1 remove B
            3r after 2b: A.root device.revoke a1
            """,
            members: "A=admin(a2) B=admin(b1)", without: "3t=void 4t=void"),
        Scenario(
            "demotion against admin act",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: A.a1 role B editor
            3p after 2c: B.b1 role C reader
            4o after 3p: B.b1 note
            """,
            members: "A=admin(a1) B=editor(b1) C=admin(c1)", without: "3p=void"),
        Scenario(
            "sock puppet with backdated parents",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            2m after 1b: B.b1 admit M.m1 admin
            3y after 2c+2m: M.m1 remove A
            3z after 2c: A.a1 remove B
            """,
            members: "A=admin(a1) C=admin(c1)", without: "2m=void 3y=invalid"),
        Scenario(
            "council removal of the founder",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: A.a1 admit D.d1 admin
            4k after 3d: A.a1 council.set B+C+D 2
            5q after 4k: B.b1 remove A with C
            5r after 4k: A.a1 remove B
            """,
            members: "B=admin(b1) C=admin(c1) D=admin(d1)", without: "5r=void"),
        Scenario(
            "single-use invitation redeemed twice",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3i after 2c: A.a1 invite 1
            4x after 3i: B.b1 admit X.x1 editor by 3i
            4y after 3i: C.c1 admit Y.y1 editor by 3i
            """,
            members: "A=admin(a1) B=admin(b1) C=admin(c1) X=editor(x1)", without: "4y=void"),
        Scenario(
            "re-admission after removal",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3r after 2c: A.a1 remove B
            3k after 2c: B.b1 adminact
            4b after 3r+3k: A.a1 admit B.b1 admin
            5y after 4b: B.b1 remove C
            5z after 4b: C.c1 remove B
            """,
            members: "A=admin(a1) C=admin(c1)", without: "3k=void 5y=invalid"),
        Scenario(
            "leaving",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: C.c1 device.admit c2
            4l after 3d: C.c1 remove C
            4k after 3d: C.c2 adminact
            """,
            members: "A=admin(a1) B=admin(b1)", without: "4k=void"),
        Scenario(
            "concurrent removal and re-admission",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: A.a1 admit D.d1 admin
            4r after 3d: A.a1 remove C
            4s after 3d: C.c1 remove C
            5c after 4s: D.d1 admit C.c1 admin
            """,
            members: "A=admin(a1) B=admin(b1) D=admin(d1)", without: "4s=void"),
        Scenario(
            "no council by sock puppets",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2m after 1b: B.b1 admit M.m1 admin
            3n after 2m: B.b1 admit N.n1 admin
            4q after 3n: B.b1 remove A with M+N
            """,
            members: "A=admin(a1) B=admin(b1) M=admin(m1) N=admin(n1)", without: "4q=invalid"),
        Scenario(
            "a council's member with sock puppets that are not of the council",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: A.a1 admit D.d1 admin
            4k after 3d: A.a1 council.set B+C+D 2
            5m after 4k: B.b1 admit M.m1 admin
            6n after 5m: B.b1 admit N.n1 admin
            7q after 6n: B.b1 remove A with M+N
            """,
            members: "A=admin(a1) B=admin(b1) C=admin(c1) D=admin(d1) M=admin(m1) N=admin(n1)",
            without: "7q=invalid"),
        Scenario(
            "rejoin does not bring old seniority back",
            """
            g after -: A.a1 genesis
            1b after g: A.a1 admit B.b1 admin
            2c after 1b: A.a1 admit C.c1 admin
            3d after 2c: B.b1 device.admit b2
            4l after 3d: B.b1 remove B
            5b after 4l: A.a1 admit B.b3 admin
            4x after 3d: B.b2 remove C
            """,
            members: "A=admin(a1) B=admin(b3) C=admin(c1)", without: "4x=void"),
        // E's first admission is in force again: E is senior to what let its device in.
        Scenario(
            "a device that was let in under a later admission",
            """
            g after -: A.a1 genesis
            1c after g: A.a1 admit C.c1 admin
            2b after 1c: A.a1 admit B.b1 admin
            3e after 2b: A.a1 admit E.e1 editor
            4r after 3e: B.b1 remove E
            5e after 4r: A.a1 admit E.e2 editor
            6e after 5e: E.e2 device.admit e3
            4b after 3e: C.c1 remove B
            7x after 6e+4b: E.e3 note
            """,
            members: "A=admin(a1) C=admin(c1) E=editor(e1+e2+e3)", without: "4r=void"),
        Scenario(
            "a device that was let in under a later admission, by one that is revoked",
            """
            g after -: A.a1 genesis
            1c after g: A.a1 admit C.c1 admin
            2b after 1c: A.a1 admit B.b1 admin
            3e after 2b: A.a1 admit E.e1 editor
            4r after 3e: B.b1 remove E
            5e after 4r: A.a1 admit E.e2 editor
            6e after 5e: E.e2 device.admit e3
            4b after 3e: C.c1 remove B
            7x after 6e+4b: E.e3 note
            6y after 5e: E.root device.revoke e2
            """,
            members: "A=admin(a1) C=admin(c1) E=editor(e1)", without: "4r=void 6e=void 7x=void"),
    ]
}
