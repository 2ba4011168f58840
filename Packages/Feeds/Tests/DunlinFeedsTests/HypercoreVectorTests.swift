import DunlinEncoding
import DunlinFeeds
import DunlinKeys
import Testing

@Suite struct HypercoreVectorTests {
    private let vectors = HypercoreVectors.self

    private func digest(_ hex: String) throws -> Digest { try #require(Digest(bytes: try Hex.decode(hex))) }

    private func node(_ node: HypercoreVectors.Node) throws -> TreeNode {
        TreeNode(index: node.index, byteCount: node.byteCount, hash: try digest(node.hash))
    }

    private func head(_ length: UInt64) throws -> SignedHead {
        let tree = try #require(vectors.trees.first { $0.length == length })
        return SignedHead(
            length: length, treeHash: try digest(tree.hash),
            signature: try #require(Signature(bytes: try Hex.decode(tree.signature))))
    }

    private func frontier(_ length: UInt64) -> MerkleFrontier {
        var frontier = MerkleFrontier()
        for block in vectors.blocks.prefix(Int(length)) { frontier.append(block) }
        return frontier
    }

    @Test func `leaf, parent and tree hash to the published constants`() throws {
        let leaf = TreeNode.leaf(Array("hello world".utf8), number: 0)
        #expect(leaf.hash == (try digest(vectors.leaf)))
        let right = TreeNode(index: 2, byteCount: 11, hash: leaf.hash)
        #expect(TreeNode.parent(leaf, right).hash == (try digest(vectors.parent)))
        #expect(TreeNode.parent(leaf, right).index == 1)
        let zero = try #require(Digest(bytes: [UInt8](repeating: 0, count: 32)))
        let roots = [
            TreeNode(index: 3, byteCount: 11, hash: zero), TreeNode(index: 9, byteCount: 2, hash: zero),
        ]
        #expect(TreeNode.treeHash(roots) == (try digest(vectors.tree)))
    }

    @Test func `the roots of a length are its binary form`() {
        for (length, roots) in vectors.roots { #expect(FlatTree.roots(length) == roots) }
    }

    @Test func `trees and their signed bytes are hypercore's`() throws {
        let key = try SigningKey(seed: SecretBytes(copying: try Hex.decode(vectors.seed)))
        #expect(key.publicKey.bytes == (try Hex.decode(vectors.publicKey)))
        for tree in vectors.trees {
            let frontier = frontier(tree.length)
            #expect(frontier.byteCount == tree.byteCount)
            #expect(frontier.treeHash == (try digest(tree.hash)))
            let signable = SignedHead.signable(
                length: tree.length, treeHash: frontier.treeHash, context: try digest(vectors.context))
            #expect(signable.count == 112)
            #expect(signable.prefix(32) == (try Hex.decode(vectors.namespace))[...])
            #expect(try key.signBare(signable).bytes == (try Hex.decode(tree.signature)))
        }
    }

    @Test func `blocks prove that they belong to a tree, and others do not`() throws {
        for vector in vectors.inclusions {
            let head = try head(vector.length), block = vectors.blocks[Int(vector.block)]
            var proof = BlockProof(
                number: vector.block, siblings: try vector.nodes.map(node),
                roots: frontier(vector.length).roots)
            #expect(proof.roots.contains { $0.index == vector.root.index })
            #expect(proof.verify(block, head: head))
            #expect(!proof.verify(block + [0], head: head))
            proof.siblings.append(TreeNode.leaf([], number: 77))
            #expect(!proof.verify(block, head: head))
            proof.siblings.removeLast()
            proof.number += 1
            #expect(!proof.verify(block, head: head))
        }
    }

    @Test func `longer trees prove that they continue shorter ones`() throws {
        for vector in vectors.upgrades {
            var proof = UpgradeProof(nodes: try vector.nodes.map(node))
            let head = try head(vector.to), frontier = frontier(vector.from)
            #expect(proof.verify(from: frontier, to: head))
            var other = MerkleFrontier()
            for block in vectors.blocks.prefix(Int(vector.from)) { other.append(block + [1]) }
            #expect(!proof.verify(from: other, to: head))
            if !proof.nodes.isEmpty {
                proof.nodes[0].byteCount += 1
                #expect(!proof.verify(from: frontier, to: head))
            }
        }
    }

    @Test func `two signed heads of one length are evidence of a fork`() throws {
        let key = try #require(PublicSigningKey(bytes: try Hex.decode(vectors.publicKey)))
        let context = try digest(vectors.context)
        for fork in vectors.fork {
            let signable = SignedHead.signable(length: 7, treeHash: try digest(fork.hash), context: context)
            let signature = try #require(Signature(bytes: try Hex.decode(fork.signature)))
            #expect(key.verifyBare(signature, over: signable))
        }
        #expect(vectors.fork[0].hash != vectors.fork[1].hash)
    }
}
