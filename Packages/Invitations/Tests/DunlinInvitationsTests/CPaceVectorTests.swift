import DunlinEncoding
import DunlinInvitations
import DunlinKeys
import Testing

/// The vector of draft-irtf-cfrg-cpace for CPACE-RISTR255-SHA512.
@Suite struct CPaceVectorTests {
    static func bytes(_ hex: String) throws -> [UInt8] { try Hex.decode(hex) }

    @Test func `every value of the published run is reproduced`() throws {
        let session = try Self.bytes("7e4b4791d6a8ef019b936c79fb7f2c57")
        let generator = try CPace.generator(
            password: SecretBytes(copying: Self.bytes("50617373776f7264")),
            channel: Self.bytes("0b415f696e69746961746f720b425f726573706f6e646572"), session: session)
        #expect(
            Hex.encode(generator.copied())
                == "222b6b195fe84b1652badb6f6a3ae3d24341e7306967f0b8115b40d5698c7e56")
        let a = try CPaceShare(
            generator: generator,
            scalar: SecretBytes(
                copying: Self.bytes(
                    "da3d23700a9e5699258aef94dc060dfda5ebb61f02a5ea77fad53f4ff0976d08")))
        let b = try CPaceShare(
            generator: generator,
            scalar: SecretBytes(
                copying: Self.bytes(
                    "d2316b454718c35362d83d69df6320f38578ed5984651435e2949762d900b80d")))
        #expect(Hex.encode(a.share) == "d6bac480f2c386c394efc7c47adb9925dcd2630b64f240c50f8d0eec482b9157")
        #expect(Hex.encode(b.share) == "3ea7e0b19560d7c0b0f5734f63b955286dfa8232b5ebe63324e2d9e7433f7258")
        let element = try a.element(with: b.share)
        #expect(try b.element(with: a.share) == element)
        #expect(
            Hex.encode(element.copied()) == "80b69a8a76457ab6a4d7f887a4bf6b55a2f80ac19c333f917a05fc9887c8b40f"
        )
        let dataA = try Self.bytes("414461"), dataB = try Self.bytes("414462")
        let key = CPace.sharedKey(
            session: session, element: element, initiator: (a.share, dataA), responder: (b.share, dataB))
        #expect(
            Hex.encode(key.copied())
                == "b69effbf61b51d56401c0f65601abe428de8206feaaf0e32198896dcae7b35cd2b38950a39dfd5d4"
                + "a79164614c2984f7daa460b588c1e80c3fa2068af7900447")
        #expect(
            Hex.encode(CPace.confirmation(key: key, session: session, share: a.share, data: dataA))
                == "30478d28d83ae3b214295e91f4a3eb62999a8ed94575075db4a7d3bc3e4d26f16c51adba12dc7771"
                + "372637a46b5134e0937cddd7d820bfdd83be335e339eb57a")
        #expect(
            Hex.encode(CPace.confirmation(key: key, session: session, share: b.share, data: dataB))
                == "e927a7da291676f8878caae9cb70407d2f14117e6f9ff9adcfda797c4bcf2bd2fefd2ca3f2ddcce8"
                + "1b7386996c895b2f359010cc92069d5ff4ad49a977de79a6")
    }

    @Test(arguments: [
        "2b3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c",
        "0000000000000000000000000000000000000000000000000000000000000000",
    ]) func `points that must be refused are refused`(point: String) throws {
        let generator = try CPace.generator(password: SecretBytes(copying: [1]), channel: [2], session: [3])
        var random = SeededRandom(seed: 1)
        let share = try CPaceShare.make(generator: generator, random: &random)
        #expect(throws: KeyError.badPoint) { try share.element(with: Self.bytes(point)) }
    }

    @Test func `the published product of a valid point is reproduced`() throws {
        let scalar = SecretBytes(
            copying: try Self.bytes(
                "7cd0e075fa7955ba52c02759a6c90dbbfc10e6d40aea8d283e407d88cf538a05"))
        let product: SecretBytes = try Ristretto255.multiply(
            scalar,
            Self.bytes(
                "2c3c6b8c4f3800e7aef6864025b4ed79bd599117e427c41bd47d93d654b4a51c"))
        #expect(
            Hex.encode(product.copied()) == "7c13645fe790a468f62c39beb7388e541d8405d1ade69d1778c5fe3e7f6b600e"
        )
    }
}
