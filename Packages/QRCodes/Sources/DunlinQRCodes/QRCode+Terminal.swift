extension QRCode {
    /// A drawing for a terminal, two rows of modules in each line, without a line feed at its end.
    ///
    /// Light modules are drawn and dark ones left out, so it is dark on light where light letters stand on
    /// a dark ground. Its quiet zone is two modules: half of what the standard asks for, which readers make
    /// do with, as a terminal has few lines.
    /// - Parameter isColoured: Sets white on black by escape sequences (ECMA-48), for one whose colours
    ///   are the other way round.
    public func terminal(isColoured: Bool = false) -> String {
        let quiet = 2
        let lines = stride(from: -quiet, to: width + quiet, by: 2).map { y in
            var line = isColoured ? "\u{1b}[97;40m" : ""
            for x in -quiet..<width + quiet {
                switch (isDark(x: x, y: y), isDark(x: x, y: y + 1)) {
                case (false, false): line += "█"
                case (false, true): line += "▀"
                case (true, false): line += "▄"
                case (true, true): line += " "
                }
            }
            return isColoured ? line + "\u{1b}[0m" : line
        }
        return lines.joined(separator: "\n")
    }
}
