import DunlinEncoding
import DunlinFeeds
import DunlinInvitations
import DunlinKeys
import DunlinNoise

enum NoiseVectors {
    static func handshakes(_ file: VectorFile, _ tally: inout Tally) throws {
        for vector in try file.json()["vectors"].items
        where try vector["protocol_name"].string == "Noise_XX_25519_ChaChaPoly_BLAKE2b" {
            var ends = try ["init", "resp"].map { end in
                try NoiseHandshake(
                    role: end == "init" ? .initiator : .responder, prologue: vector[end + "_prologue"].bytes,
                    staticKey: AgreementKey(seed: vector[end + "_static"].secret),
                    ephemeralSeed: vector[end + "_ephemeral"].secret)
            }
            let messages = try vector["messages"].items
            for (number, message) in messages.prefix(3).enumerated() {
                let payload = try message["payload"].bytes, expected = try message["ciphertext"].bytes
                let written = try ends[number % 2].write(payload: payload)
                tally.expect(written == expected, "\(message.name): ciphertext")
                tally.expect(try ends[1 - number % 2].read(written) == payload, "\(message.name): payload")
            }
            var sessions = try ends.map { try $0.finish() }
            let hash = try (vector.optional("handshake_hash") ?? vector["handshake_hash_computed"]).bytes
            tally.expect(sessions.allSatisfy { $0.handshakeHash == hash }, "\(vector.name): handshake hash")
            for (number, message) in messages.enumerated().dropFirst(3) {
                let payload = try message["payload"].bytes
                let sealed = try sessions[number % 2].transport.seal(payload)
                tally.expect(sealed == (try message["ciphertext"].bytes), "\(message.name): ciphertext")
                tally.expect(
                    try sessions[1 - number % 2].transport.open(sealed) == payload, "\(message.name): payload"
                )
            }
        }
    }
}

enum CPaceVectors {
    static func run(_ file: VectorFile, _ tally: inout Tally) throws {
        let json = try file.json(), vector = try json["vector"]
        let session = try vector["sid"].bytes
        let generator = try CPace.generator(
            password: vector["PRS"].secret, channel: vector["CI"].bytes, session: session)
        tally.expect(generator == (try vector["g"].secret), "generator")
        let a = try CPaceShare(generator: generator, scalar: vector["ya"].secret)
        let b = try CPaceShare(generator: generator, scalar: vector["yb"].secret)
        tally.expect(a.share == (try vector["Ya"].bytes), "Ya")
        tally.expect(b.share == (try vector["Yb"].bytes), "Yb")
        let element = try a.element(with: vector["Yb"].bytes)
        tally.expect(element == (try vector["K"].secret), "K by the initiator")
        tally.expect(try b.element(with: vector["Ya"].bytes) == element, "K by the responder")
        let dataA = try vector["ADa"].bytes, dataB = try vector["ADb"].bytes
        let key = CPace.sharedKey(
            session: session, element: element, initiator: (a.share, dataA), responder: (b.share, dataB))
        tally.expect(key == (try vector["ISK_IR"].secret), "ISK")
        let proofs = try json["key_confirmation"]
        for (name, share, data) in [("Ta", a.share, dataA), ("Tb", b.share, dataB)] {
            let proof = CPace.confirmation(key: key, session: session, share: share, data: data)
            tally.expect(proof == (try proofs[name].bytes), name)
        }
        let points = try json["points"], valid = try points["Valid"]
        let product: SecretBytes = try Ristretto255.multiply(valid["s"].secret, valid["X"].bytes)
        tally.expect(product == (try valid["G.scalar_mult_vfy(s,X)"].secret), "valid point")
        for name in ["Invalid Y1", "Invalid Y2"] {
            let point = try points[name].bytes
            tally.expect((try? a.element(with: point)) == nil, name)
        }
        for (plain, prefixed) in try json["string_utils"]["prepend_len"].value as? [String: String] ?? [:] {
            tally.expect(
                CPace.prependLength(try Hex.decode(plain)) == (try Hex.decode(prefixed)),
                "prepend_len \(plain.count)")
        }
    }
}

enum FeedVectors {
    private static func node(_ vector: Vector) throws -> TreeNode {
        guard let hash = Digest(bytes: try vector["hash"].bytes) else {
            throw VectorFile.Missing(description: "\(vector.name) has no hash of 32 bytes")
        }
        return TreeNode(
            index: UInt64(try vector["index"].number), byteCount: UInt64(try vector["size"].number),
            hash: hash)
    }

    static func trees(_ file: VectorFile, _ tally: inout Tally) throws {
        let json = try file.json(), published = try json["published"], made = try json["generated"]
        let leaf = TreeNode.leaf(try published["leaf"]["data"].bytes, number: 0)
        tally.expect(leaf.hash.bytes == (try published["leaf"]["hash"].bytes), "published leaf")
        let parent = TreeNode.parent(
            try node(published["parent"]["left"]), try node(published["parent"]["right"]))
        tally.expect(parent.hash.bytes == (try published["parent"]["hash"].bytes), "published parent")
        let tree = TreeNode.treeHash(try published["tree"]["roots"].items.map(node))
        tally.expect(tree.bytes == (try published["tree"]["hash"].bytes), "published tree")
        for vector in try made["full_roots"].items {
            let roots = FlatTree.roots(UInt64(try vector["length"].number))
            tally.expect(roots == (try vector["roots"].items.map { UInt64(try $0.number) }), "\(vector.name)")
        }
        let blocks = try made["blocks"].items.map { try $0.bytes }
        guard let context = Digest(bytes: try made["manifest_hash"].bytes) else {
            return tally.fail("manifest hash")
        }
        let signer = try SigningKey(seed: made["signer_seed"].secret)
        tally.expect(signer.publicKey.bytes == (try made["signer_public"].bytes), "signer")
        for vector in try made["trees"].items { try check(vector, blocks, context, signer, &tally) }
        try proofs(made, blocks, &tally)
        let evidence = try made["fork_evidence"]
        let lengths = try ["a", "b"].map { try evidence[$0]["length"].number }
        let hashes = try ["a", "b"].map { try evidence[$0]["tree_hash"].string }
        tally.expect(lengths[0] == lengths[1] && hashes[0] != hashes[1], "fork evidence contradicts itself")
        for head in ["a", "b"] {
            guard let hash = Digest(bytes: try evidence[head]["tree_hash"].bytes),
                let signature = Signature(bytes: try evidence[head]["signature"].bytes)
            else { return tally.fail("fork evidence \(head)") }
            let signable = SignedHead.signable(length: UInt64(lengths[0]), treeHash: hash, context: context)
            tally.expect(signer.publicKey.verifyBare(signature, over: signable), "fork evidence \(head)")
        }
    }

    private static func check(
        _ vector: Vector, _ blocks: [[UInt8]], _ context: Digest, _ signer: SigningKey, _ tally: inout Tally
    ) throws {
        let length = try vector["length"].number
        var frontier = MerkleFrontier()
        for block in blocks.prefix(length) { frontier.append(block) }
        tally.expect(frontier.roots == (try vector["roots"].items.map(node)), "\(vector.name): roots")
        tally.expect(frontier.treeHash.bytes == (try vector["tree_hash"].bytes), "\(vector.name): tree hash")
        tally.expect(frontier.byteCount == UInt64(try vector["byte_length"].number), "\(vector.name): bytes")
        guard vector.optional("signable") != nil else { return }
        let signable = SignedHead.signable(
            length: frontier.length, treeHash: frontier.treeHash, context: context)
        tally.expect(signable == (try vector["signable"].bytes), "\(vector.name): signable")
        let signature = try signer.signBare(signable)
        tally.expect(signature.bytes == (try vector["signature"].bytes), "\(vector.name): signature")
    }

    private static func proofs(_ made: Vector, _ blocks: [[UInt8]], _ tally: inout Tally) throws {
        for vector in try made["inclusion_proofs"].items {
            let number = UInt64(try vector["block"].number)
            var top = TreeNode.leaf(try vector["block_hex"].bytes, number: number)
            for sibling in try vector["nodes"].items.map(node) {
                guard sibling.index == FlatTree.sibling(top.index) else {
                    tally.fail("\(vector.name): sibling \(sibling.index)")
                    break
                }
                top =
                    sibling.index < top.index ? TreeNode.parent(sibling, top) : TreeNode.parent(top, sibling)
            }
            tally.expect(top.index == UInt64(try vector["root_index"].number), "\(vector.name): root")
            tally.expect(top.hash.bytes == (try vector["root_hash"].bytes), "\(vector.name): hash")
        }
        for vector in try made["consistency_proofs"].items {
            let from = UInt64(try vector["from_length"].number), to = UInt64(try vector["to_length"].number)
            let nodes = try vector["nodes"].items.map(node)
            tally.expect(nodes.map(\.index) == FlatTree.subtrees(from..<to), "\(vector.name): indices")
            var whole = MerkleFrontier()
            var made: [UInt64: TreeNode] = [:]
            for block in blocks.prefix(Int(to)) {
                for node in whole.append(block) { made[node.index] = node }
            }
            tally.expect(nodes.allSatisfy { made[$0.index]?.hash == $0.hash }, "\(vector.name): hashes")
        }
    }
}
