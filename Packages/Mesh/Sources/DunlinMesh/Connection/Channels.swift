import DunlinEncoding

/// Messages that come in by parts, and what their senders may still send.
struct ChannelReceivers: Sendable {
    private struct Receiver: Sendable {
        var parts: [UInt8] = []
        var credit = MeshConnection.initialCredit
        var consumed = 0
    }

    private var channels: [UInt8: Receiver] = [:]

    /// Takes a part.
    /// - Parameter limit: Bytes of a message.
    /// - Returns: the message when it is whole, and how much credit to give back.
    mutating func take(
        _ part: [UInt8], isLast: Bool, on channel: UInt8, limit: Int
    ) throws(ConnectionError) -> (message: [UInt8]?, grant: Int) {
        var receiver = channels.removeValue(forKey: channel) ?? Receiver()
        defer { channels[channel] = receiver }
        guard part.count <= receiver.credit else { throw .creditExceeded }
        guard receiver.parts.count + part.count <= limit else { throw .messageTooLarge(limit: limit) }
        receiver.credit -= part.count
        receiver.consumed += part.count
        var grant = 0
        if receiver.consumed >= MeshConnection.creditStep {
            grant = receiver.consumed
            receiver.credit += grant
            receiver.consumed = 0
        }
        if !isLast {
            receiver.parts += part
            return (nil, grant)
        }
        let message = receiver.parts.isEmpty ? part : receiver.parts + part
        receiver.parts = []
        return (message, grant)
    }
}

/// Messages that wait to go out, and what may be sent of them.
struct ChannelSenders: Sendable {
    private struct Sender: Sendable {
        var messages: [[UInt8]] = []
        /// Index of the first message that has not gone out whole.
        var first = 0
        var offset = 0
        var credit = MeshConnection.initialCredit

        var isEmpty: Bool { first == messages.count }
    }

    private var channels: [UInt8: Sender] = [:]
    private var lastServed: UInt8 = 0
    private(set) var queuedByteCount = 0
    /// Credit to give back with the next record.
    var grants: [UInt8: Int] = [:]
    var mustPing = false
    var mustPong = false

    mutating func enqueue(_ message: [UInt8], on channel: UInt8) {
        channels[channel, default: Sender()].messages.append(message)
        queuedByteCount += message.count
    }

    mutating func addCredit(_ count: UInt64, on channel: UInt8) throws(ConnectionError) {
        // Nobody can have taken in more than was ever sent.
        guard count <= 1 << 32 else { throw .badFrame }
        let credit = channels[channel, default: Sender()].credit
        channels[channel, default: Sender()].credit = min(credit + Int(count), 1 << 40)
    }

    /// The plaintext of the next record; empty when nothing can be sent now.
    mutating func nextRecord(limit: Int) -> [UInt8] {
        var writer = ByteWriter()
        if mustPing { writer.u8(3) }
        if mustPong { writer.u8(4) }
        mustPing = false
        mustPong = false
        for (channel, count) in grants.sorted(by: { $0.key < $1.key }) {
            writer.u8(2)
            writer.varint(UInt64(channel))
            writer.varint(UInt64(count))
        }
        grants = [:]
        while limit - writer.bytes.count > 64, let channel = nextChannel() {
            writePart(channel, room: limit - writer.bytes.count - 16, &writer)
        }
        return writer.bytes
    }

    /// The next channel in turn that has something to send and may.
    private func nextChannel() -> UInt8? {
        let ready = channels.filter {
            !$0.value.isEmpty && ($0.value.credit > 0 || $0.value.messages[$0.value.first].isEmpty)
        }
        .keys.sorted()
        return ready.first { $0 > lastServed } ?? ready.first
    }

    private mutating func writePart(_ channel: UInt8, room: Int, _ writer: inout ByteWriter) {
        guard var sender = channels.removeValue(forKey: channel) else { return }
        defer { channels[channel] = sender }
        lastServed = channel
        let message = sender.messages[sender.first]
        let count = min(message.count - sender.offset, MeshConnection.partByteCount, sender.credit, room)
        let isLast = sender.offset + count == message.count
        writer.u8(isLast ? 1 : 0)
        writer.varint(UInt64(channel))
        writer.sized(Array(message[sender.offset..<sender.offset + count]))
        sender.credit -= count
        queuedByteCount -= count
        sender.offset += count
        guard isLast else { return }
        sender.offset = 0
        sender.messages[sender.first] = []
        sender.first += 1
        if sender.isEmpty {
            sender.messages.removeAll(keepingCapacity: true)
            sender.first = 0
        }
    }
}
