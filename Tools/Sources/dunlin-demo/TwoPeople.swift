import DunlinEncoding
import DunlinObjects
import Foundation

/// Ada invites Bob; both write, also while apart and after a crash; both end with the same bytes.
struct TwoPeople {
    let stage: Stage

    func run() throws {
        _ = try stage.start("rendezvous", ["rendezvous", "--listen", "127.0.0.1:0", "--json"])
        let address = try field(ObjectValue(json: stage.line("rendezvous", containing: "address")), "address")
        stage.tell("rendezvous", "listens at \(address.suffix(15))")
        for (home, name) in [("ada", "Ada"), ("bob", "Bob")] {
            let made = try stage.run(home, ["init", "--name", name, "--rendezvous", address])
            stage.tell(name, "is \(try field(made, "identity").prefix(24))…")
        }
        let space = try field(stage.run("ada", ["space", "create", "Trip"]), "id")
        stage.tell("Ada", "founds the space Trip (\(space.prefix(8)))")
        _ = try sync("ada", "ada-1")
        let invitation = try stage.run("ada", ["invite", "Trip", "--no-wait"])
        let code = try field(invitation, "code")
        stage.tell("Ada", "invites; the code \(code) goes another way")
        _ = try stage.run(
            "bob", ["join", try field(invitation, "ticket"), "--code", code, "--listen", "127.0.0.1:0"])
        stage.tell("Bob", "types the code and is in")
        let bob = try sync("bob", "bob-1")

        let note = try field(
            stage.run(
                "ada", ["put", "Trip", #"{"title":"Tickets","text":{"@text":"by train"}}"#, "--type", "note"]),
            "id")
        stage.tell("Ada", "puts a note: \"by train\"")
        try eventually("Bob has the note") { (try? text("bob", note)) == "by train" }
        _ = try stage.run(
            "bob", ["put", "Trip", #"{"title":"Snacks","count":{"@counter":3}}"#, "--type", "note"])
        _ = try stage.run("bob", ["edit", "Trip", note, "text", "--at", "3", "--insert", "night "])
        stage.tell("Bob", "puts another and types into Ada's")
        try eventually("both agree") { try hash("ada") == hash("bob") }
        stage.tell("both", "read \"\(try text("ada", note))\"")

        kill(bob.processIdentifier, SIGKILL)
        bob.waitUntilExit()
        stage.tell("Bob", "is killed (kill -9)")
        _ = try stage.run("ada", ["edit", "Trip", note, "text", "--at", "0", "--insert", "We go "])
        _ = try stage.run("ada", ["put", "Trip", #"{"title":"Hotel"}"#, "--type", "note"])
        stage.tell("Ada", "goes on alone: \"\(try text("ada", note))\"")
        let end = try text("bob", note).unicodeScalars.count
        _ = try stage.run("bob", ["edit", "Trip", note, "text", "--at", "\(end)", "--insert", ", at nine"])
        stage.tell("Bob", "comes back offline, everything is there: \"\(try text("bob", note))\"")
        guard try hash("ada") != hash("bob") else { throw DemoFailure("the two should differ while apart") }

        _ = try sync("bob", "bob-2")
        stage.tell("Bob", "connects again")
        try eventually("both agree again") { try hash("ada") == hash("bob") }
        let final = [try text("ada", note), try text("bob", note)]
        stage.tell("Ada", "state \(try hash("ada"))")
        stage.tell("Bob", "state \(try hash("bob"))")
        guard final[0] == final[1], final[0] == "We go by night train, at nine" else {
            throw DemoFailure("the texts are \(final)")
        }
        stage.tell("both", "read \"\(final[0])\"")
        print("It held: the same bytes on both sides.")
    }

    private func sync(_ home: String, _ name: String) throws -> Process {
        let process = try stage.start(
            name,
            [
                "sync", "--home", stage.folder + "/" + home, "--passphrase-file",
                stage.folder + "/passphrase",
                "--json", "--listen", "127.0.0.1:0",
            ])
        _ = try stage.line(name, containing: "ready")
        return process
    }

    private func text(_ home: String, _ note: String) throws -> String {
        guard case .text(let text) = try stage.run(home, ["get", "Trip", note, "--path", "text"]) else {
            throw DemoFailure("the note has no text")
        }
        return text
    }

    private func hash(_ home: String) throws -> String {
        try field(stage.run(home, ["export", "Trip"]), "stateHash")
    }

    private func eventually(_ what: String, _ condition: () throws -> Bool) throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try condition() { return }
            usleep(50_000)
        }
        throw DemoFailure("not within 30 seconds: \(what)")
    }
}
