import DunlinEncoding
import DunlinKeys
import Testing

@Suite struct DIDKeyTests {
    /// From the test vectors of the did:key method.
    @Test(arguments: [
        (
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
            "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29",
            "0000000000000000000000000000000000000000000000000000000000000000"
        ),
        (
            "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
            "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29",
            "0000000000000000000000000000000000000000000000000000000000000001"
        ),
        (
            "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf",
            "7422b9887598068e32c4448a949adb290d0f4e35b9e01b0ee5f1a1e600fe2674",
            "0000000000000000000000000000000000000000000000000000000000000002"
        ),
        (
            "did:key:z6MkvqoYXQfDDJRv8L4wKzxYeuKyVZBfi9Qo6Ro8MiLH3kDQ",
            "f381626e41e7027ea431bfe3009e94bdd25a746beec468948d6c3c7c5dc9a54b",
            "0000000000000000000000000000000000000000000000000000000000000003"
        ),
        (
            "did:key:z6MkwYMhwTvsq376YBAcJHy3vyRWzBgn5vKfVqqDCgm7XVKU",
            "fde4fba030ad002f7c2f7d4c331f49d13fb0ec747eceebec634f1ff4cbca9def",
            "0000000000000000000000000000000000000000000000000000000000000005"
        ),
    ]) func `published identifiers are reproduced`(did: String, key: String, seed: String) throws {
        let publicKey = try SigningKey(seed: SecretBytes(copying: Hex.decode(seed))).publicKey
        #expect(Hex.encode(publicKey.bytes) == key)
        #expect(DIDKey.encode(publicKey) == did)
        #expect(try DIDKey.decode(did) == publicKey)
    }

    @Test(arguments: [
        "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooW",
        "did:keyz6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z6LSfg76x3LLQjPg3AmMPWo7kdWPHeXbnDLDEbYPBESjbxWC",
        "did:key:z2DQUyFHStG42FqbEhyM6LhkEqqV45NGGqKCwNxVWWu7Yzj",
        "did:key:u7QE7aie8zrakLWKjqNAqbw1zZTIVdx3iQ6Y6wEihi1naKQ",
        "did:key:z0MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:key:z16MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        "did:web:example.com",
    ]) func `other texts are refused`(did: String) {
        #expect(throws: KeyError.badDID) { try DIDKey.decode(did) }
    }
}
