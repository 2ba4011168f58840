import DunlinCommandLine

@main
enum EntryPoint {
    static func main() async { await DunlinCommand.start() }
}
