/// Published constants of hypercore-crypto (github.com/holepunchto/hypercore-crypto, test.js), and trees over
/// forty blocks computed from its definitions with an independent BLAKE2b.
///
/// Block *k* is the text "block-*k*", (*k* mod 3) + 1 times; block 5 is empty.
enum HypercoreVectors {
    struct Node { let index, byteCount: UInt64, hash: String }

    static let blocks: [[UInt8]] = (0..<40).map { number in
        number == 5 ? [] : Array(String(repeating: "block-\(number)", count: number % 3 + 1).utf8)
    }

    static let leaf = "9f1b578fd57a4df015493d2886aec9600eef913c3bb009768c7f0fb875996308"
    static let parent = "3ad0c9b58b771d1b7707e1430f37c23a23dd46e0c7c3ab9c16f79d25f7c36804"
    static let tree = "0e576a56b478cddb6ffebab8c494532b6de009466b2e9f7af9143fc54b9eaa36"
    static let namespace = "9fac70b50ca14efc4e91c833b204e75b8b5aad8b5881bfc0adb5ef38a3275b9c"
    static let seed = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
    static let publicKey = "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8"
    static let context = "957dd1d1749b57f126933d181189fde2c1aa2045bf28c3e5e91583f17ae6a8e2"

    static let roots: [(length: UInt64, roots: [UInt64])] = [
        (0, []),
        (1, [0]),
        (2, [1]),
        (3, [1, 4]),
        (4, [3]),
        (5, [3, 8]),
        (6, [3, 9]),
        (7, [3, 9, 12]),
        (8, [7]),
        (9, [7, 16]),
        (10, [7, 17]),
        (11, [7, 17, 20]),
        (12, [7, 19]),
        (13, [7, 19, 24]),
        (14, [7, 19, 25]),
        (15, [7, 19, 25, 28]),
        (16, [15]),
        (17, [15, 32]),
        (18, [15, 33]),
        (19, [15, 33, 36]),
        (100, [63, 159, 195]),
        (1000, [511, 1279, 1663, 1855, 1951, 1991]),
        (1048576, [1048575]),
        (1048577, [1048575, 2097152]),
    ]

    /// Length, bytes, tree hash, and Ed25519 over the signable without a purpose (two halves).
    static let trees: [(length: UInt64, byteCount: UInt64, hash: String, signature: String)] = [
        (
            0, 0, "bb30a42c1e62f0afda5f0a4e8a562f7a13a24cea00ee81917b86b89e801314aa",
            "e03380bc9f2f7d6142b4294dd7276ffed44c1302ff7c75f74b91ee06bc33be1b"
                + "7b5b2ce6229e9e6dbef242226b5facff0c31b2bf87fa218cc16c5b14efc7070e"
        ),
        (
            1, 7, "5f3c3ba42f5cd6c0ff8804027e18405a9851ec39644cb90007eaa6f4ab63473f",
            "081ea3ce1288fd91b55ec74e458afe355ce63892ade5531466626b46b5dcb5c6"
                + "0174bdfa9aea0d598954f585549c5972a64e97c0d770cc23a43f4d5db2e1a003"
        ),
        (
            2, 21, "272d9db79baa67d7393786d788dd70759be88e7be60eb38934c442219724147a",
            "2826bab02fddc1d38409740f97df9d91db5691cdda011a69f70bce8936606d91"
                + "ecbd8411652bf97df6202b8bb221c67a29ea98f3dc3341de2a3076924548f800"
        ),
        (
            3, 42, "bde20fc2f61ae0d8f6d26df063e0a926568023648297ca1ca6e68aca55cfbd96",
            "6b7fe7e0ae63d780aa4d57a7accb6e3abfdec4c74c1525740877ecb7e7b5edaf"
                + "861f35466873d923a42e591e2fb0677d3faf8da5f775ad813bc3be5ca8919208"
        ),
        (
            4, 49, "7fbe00be7b60a3a8436922fb55557941713d407f5304cb17cff6609c2cb51dbb",
            "b57fc9e90d5a5043cf555ee057b43153004fd4d9b40cf3727bc115ed4e836e07"
                + "7d53d0d62c6231b49d02dd2fd5a24d9e3b59a8fbe6a17b13f713e788ee5c1304"
        ),
        (
            5, 63, "232959ea8ff040b74502b490c34dbf2c7b6c9b947bf72710c82df0490edd434b",
            "442e541c5d4d523738a13844a21ebc66efe2714dbb910000d1aeef56415d195c"
                + "fd9849562604f70e32f76ab6747c8ed75605c46836b6d01037507f4d964ede0e"
        ),
        (
            6, 63, "f32e0085501276d578f5455a3844525bec7d47e38a88369ba7058e013911d69a",
            "17d8b40d14d9b91f8e14daccfe222e4eb64ffb84d729b2df23ec06a5a0283f24"
                + "4a03412eab46d2c0fdf7e0151d4e29b11a9c784f944482f83a3d605840e54102"
        ),
        (
            7, 70, "b85f88c3747f26f8e0c4564a48b5c32ef635d7fe0367805d17af4f93f125e9d7",
            "3f14420b2f1a00ab12216a65d23a73d2a50d6c611086249c6dd49a0c32031f9f"
                + "dacfa953d2aee30f503a779971f2609d8c6770985d3443faf74efb5fb75db40a"
        ),
        (
            8, 84, "8d603eb00faffdb522d7c8413d6ae95f6acb6fd9b4c1914343eac898e8cf1475",
            "fcacce6642aadd460edd34cb4a2e7bdd5a2ce1f92d051457d820f3a123fa0f1e"
                + "b7b1edc3db22941b9d77d67272b0a35cf44a3315f3fc783c837173e8b8e36808"
        ),
        (
            9, 105, "9521aaaf575f2d66e605830b7e3445b5df04a7e04eb3266237d3b675286736ea",
            "e87b740b845d06aeb0cf7869c81e82ee52dbd3158084cd0996326ee5e765fe09"
                + "b9e931bf55465a05a87b1a5c8a84669c61f925e0a6253c4d29b88d1f69677105"
        ),
        (
            10, 112, "2fdd8ae75cc456b35d727bcb435dd47c5bd9b427caca9a4d238ab32f318ad756",
            "4c6607061192790619d6061d3e3f92a4051469a2107c6dc5b03f3dd64c15e30f"
                + "2cb900b36b52d190af572a54af61d49197dd7cc08b4f49e2b6a988fccd0e3a02"
        ),
        (
            11, 128, "104f9cfb528fa2e79e0cee63b9f8f658156f789d780ad024ee5c2776e957185e",
            "e1982f007fb130639a7a407b76387d5d1cf78b9c155c343e695c94224b842fc2"
                + "5ff49090444f22d3ff259bdd42cee702ba3c87c7845d4637d85dc7b58f813005"
        ),
        (
            12, 152, "ec8b3ee722baf82bdb7c195bcd4d9d9a6733df51af438dc3029b2d8cd0990b25",
            "3c8a88cab60b3c290360530c8ca6f842c6d76e7257b874805c74545a5ec2470d"
                + "e14b94e70e92d0ff858c7f0dbad4bf58eea91d2c8dad1fdeb7127db838160e00"
        ),
        (
            13, 160, "1dd8496fd1968f2d809885c1fb35b511fc55ed1464bd92803115e4286a0fee0a",
            "a2113f6294b0bbd9bd5f89571c87cc1ddeddfaf7dc3fee7ddfb22bc9560ec787"
                + "84a538f722ec67a7b564974dea1a3ea2951d31fac9e9a37db85d1260ffa63404"
        ),
        (
            14, 176, "517d7442453ba96135ef1fa4d0d66cd62ce9c7102e788aea4b96624e3abc572e",
            "7e74061116fc0864dd30f4870f5f460ec2d33697a8ab55c154a3f8435404a05b"
                + "83d1dcb5757f8374bbdc2a373aed16aafe078d5ebf3c3d4c72e7bc8ec9d39505"
        ),
        (
            15, 200, "af6ce462460750230b4eaecc78a3cc30f0834742589c3ecbb7824bcc1062a11e",
            "edcb1b4d148b20e2dd8f164dae837f19ea80ea5a809584cee66b291127d189a4"
                + "edb29bca793ac0eb79b507bdfcff7bd2411af91dde2477fae34f99463b6fc806"
        ),
        (
            16, 208, "da8023128e9fdef7ae641f021124fdca92774f66c3385b758cb449881d9999cf",
            "c923488efbb5c254192ffc719da723e7f8723d92e0f271ed79d5da4ba1d4dc4c"
                + "6d97a0d8b1a0e282790b4f5eb40febf6d1ec8b7b8644d2f09344eb656f7f330d"
        ),
        (
            17, 224, "74aa4641fcb98e30bb3a8f24df8acc421b7e9f46584b1c26bcc3ef2a20b88e04",
            "4ed98a0815ffe2b3204d0c7110bcb4c87171b74e60e2de94c142738c2eebd96a"
                + "c9b4b8cfa14610c21ac2379388fdf2151999f4799d62263302329bfc09921d07"
        ),
        (
            31, 448, "c5e236003340e7383f7931727e92ab99ac12237c8230337a3383500697a3ba3e",
            "f5ecb5f87d9d481bed951d55c4c5ae89a2965498762c6f0c72831ed95f12380e"
                + "ae31ed32a820ad420f643253085fc36b74186cf1f926653a2eaa9d995a591d06"
        ),
        (
            32, 464, "222645cd33b9b45e6e998ebbb24811adf6b1f624e1c6f7d7ec34b2df64c1396a",
            "86858d3a9e69dbc5322636cd94746204778d3cd03bbeacc0338b1a524281ad39"
                + "4a3e67def1d296d8c40631df92e18c063caf9ff3ccebc8ad1438d9275cef2c0b"
        ),
        (
            33, 488, "1ef56ad5313387d3cc432ec9a63975c7c69a1c69c0822e5e3d3807872070cfeb",
            "5b0825913f8abe0c6a1442e1e22f11f009b1b12fc84a0147b30d49ce54d800ca"
                + "fbf82748c8e4c81ab1313bb3fc125e23265f45bddb6456255adf998572c8b805"
        ),
        (
            40, 592, "976e9e22fb45abc8b7ad21da9b2859e26b3a439d9e9df4318d4921514d24fb02",
            "bb5b1ecc26a1c243818df4d7399a301958517d7b24b33ddbc74bfc412cf6addf"
                + "51d6caea28857af7f7e44d964146f02cf4cb305e068d0f1ae815d0a872caea06"
        ),
    ]

    static let inclusions: [(length: UInt64, block: UInt64, nodes: [Node], root: Node)] = [
        (
            1, 0,
            [],
            Node(
                index: 0, byteCount: 0,
                hash: "eb019127df951da7b06edfc4eb216235174f63f0f1f96246ff29ed840bbaf681")
        ),
        (
            2, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b")
            ],
            Node(
                index: 1, byteCount: 0,
                hash: "21f6cd65732056f158bb495af9d45a36c14122a8c103c2c9beea0dfb223dd87c")
        ),
        (
            2, 1,
            [
                Node(
                    index: 0, byteCount: 7,
                    hash: "eb019127df951da7b06edfc4eb216235174f63f0f1f96246ff29ed840bbaf681")
            ],
            Node(
                index: 1, byteCount: 0,
                hash: "21f6cd65732056f158bb495af9d45a36c14122a8c103c2c9beea0dfb223dd87c")
        ),
        (
            3, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b")
            ],
            Node(
                index: 1, byteCount: 0,
                hash: "21f6cd65732056f158bb495af9d45a36c14122a8c103c2c9beea0dfb223dd87c")
        ),
        (
            3, 1,
            [
                Node(
                    index: 0, byteCount: 7,
                    hash: "eb019127df951da7b06edfc4eb216235174f63f0f1f96246ff29ed840bbaf681")
            ],
            Node(
                index: 1, byteCount: 0,
                hash: "21f6cd65732056f158bb495af9d45a36c14122a8c103c2c9beea0dfb223dd87c")
        ),
        (
            3, 2,
            [],
            Node(
                index: 4, byteCount: 0,
                hash: "9863bc514062993ff3d4d0cd5ec1075b9fe64b4f4416c7da43ff3de1ed7a498c")
        ),
        (
            7, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
            ],
            Node(
                index: 3, byteCount: 0,
                hash: "a7a7c0b0c556cf6eb0a6206101f38f896c39d5c7c83c35b53b139689ab1d46ea")
        ),
        (
            7, 3,
            [
                Node(
                    index: 4, byteCount: 21,
                    hash: "9863bc514062993ff3d4d0cd5ec1075b9fe64b4f4416c7da43ff3de1ed7a498c"),
                Node(
                    index: 1, byteCount: 21,
                    hash: "21f6cd65732056f158bb495af9d45a36c14122a8c103c2c9beea0dfb223dd87c"),
            ],
            Node(
                index: 3, byteCount: 0,
                hash: "a7a7c0b0c556cf6eb0a6206101f38f896c39d5c7c83c35b53b139689ab1d46ea")
        ),
        (
            7, 6,
            [],
            Node(
                index: 12, byteCount: 0,
                hash: "b3715c067366c28ce4a646fe7e2b97863d948e2db5a1799d94fec0416204f70f")
        ),
        (
            8, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
            ],
            Node(
                index: 7, byteCount: 0,
                hash: "e2ad32c736ff8269b582dc7e285a04272a81ae043e51dc1a5562cb2eb4756919")
        ),
        (
            8, 4,
            [
                Node(
                    index: 10, byteCount: 0,
                    hash: "5187b7a8021bf4f2c004ea3a54cfece1754f11c7624d2363c7f4cf4fddd1441e"),
                Node(
                    index: 13, byteCount: 21,
                    hash: "13b6262bf71dcf9ee98391a9ff5c364d37dc9e721d16e001ef0e3224b771335c"),
                Node(
                    index: 3, byteCount: 49,
                    hash: "a7a7c0b0c556cf6eb0a6206101f38f896c39d5c7c83c35b53b139689ab1d46ea"),
            ],
            Node(
                index: 7, byteCount: 0,
                hash: "e2ad32c736ff8269b582dc7e285a04272a81ae043e51dc1a5562cb2eb4756919")
        ),
        (
            8, 7,
            [
                Node(
                    index: 12, byteCount: 7,
                    hash: "b3715c067366c28ce4a646fe7e2b97863d948e2db5a1799d94fec0416204f70f"),
                Node(
                    index: 9, byteCount: 14,
                    hash: "bfb320305c1945e46728a9e551bb2b59c1dda2a0d171fdeba95980144d546826"),
                Node(
                    index: 3, byteCount: 49,
                    hash: "a7a7c0b0c556cf6eb0a6206101f38f896c39d5c7c83c35b53b139689ab1d46ea"),
            ],
            Node(
                index: 7, byteCount: 0,
                hash: "e2ad32c736ff8269b582dc7e285a04272a81ae043e51dc1a5562cb2eb4756919")
        ),
        (
            13, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
            ],
            Node(
                index: 7, byteCount: 0,
                hash: "e2ad32c736ff8269b582dc7e285a04272a81ae043e51dc1a5562cb2eb4756919")
        ),
        (
            13, 6,
            [
                Node(
                    index: 14, byteCount: 14,
                    hash: "62ad260e8aacb331b2dd8c7d7e1290efb5229bb0ad66ec01b987057a7ad937e2"),
                Node(
                    index: 9, byteCount: 14,
                    hash: "bfb320305c1945e46728a9e551bb2b59c1dda2a0d171fdeba95980144d546826"),
                Node(
                    index: 3, byteCount: 49,
                    hash: "a7a7c0b0c556cf6eb0a6206101f38f896c39d5c7c83c35b53b139689ab1d46ea"),
            ],
            Node(
                index: 7, byteCount: 0,
                hash: "e2ad32c736ff8269b582dc7e285a04272a81ae043e51dc1a5562cb2eb4756919")
        ),
        (
            13, 12,
            [],
            Node(
                index: 24, byteCount: 0,
                hash: "578bcdabff37294079abdabb8369d4673fefd9a504478a584c70bdddcd1aef44")
        ),
        (
            33, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
                Node(
                    index: 23, byteCount: 124,
                    hash: "42e85e2193e9ab0bd9448c0bd236014255f2a09a591a143e91c392fc6603a3c5"),
                Node(
                    index: 47, byteCount: 256,
                    hash: "ebab50f1e1a295b1d3d0cfcf237de6c2013a3dbc9df4f1a3b2a558fa63745282"),
            ],
            Node(
                index: 31, byteCount: 0,
                hash: "63cfbef67b88fc758843022e4b3427bef88080e43b7859533bc14a83ac3a4ec0")
        ),
        (
            33, 16,
            [
                Node(
                    index: 34, byteCount: 24,
                    hash: "aad1da33fbe9da68e873eb33f6e2470337904bbad4b66bd525961b6d16d0ba3f"),
                Node(
                    index: 37, byteCount: 24,
                    hash: "411af26d2dc75c9892fd9249af92604be122adc0e16fbefb615f4e299f6b7319"),
                Node(
                    index: 43, byteCount: 72,
                    hash: "21b58f684a8beebad02ad15b9cda66d2698cfae1fdc494362f6b0bf61e5f2337"),
                Node(
                    index: 55, byteCount: 120,
                    hash: "6c9ae4f67c254fe0b9bba659fe653a7e7190aab9808d38a690c9df229a462dc3"),
                Node(
                    index: 15, byteCount: 208,
                    hash: "d7049ab43d363efffb7a44e7b1ac270d6601e315fed6bfe19b8e854606c4bf7b"),
            ],
            Node(
                index: 31, byteCount: 0,
                hash: "63cfbef67b88fc758843022e4b3427bef88080e43b7859533bc14a83ac3a4ec0")
        ),
        (
            33, 32,
            [],
            Node(
                index: 64, byteCount: 0,
                hash: "5e5f9fc6f7b599703d82c142def9e595b9257aac3d225c2d6d0a7b3f77a60243")
        ),
        (
            40, 0,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
                Node(
                    index: 23, byteCount: 124,
                    hash: "42e85e2193e9ab0bd9448c0bd236014255f2a09a591a143e91c392fc6603a3c5"),
                Node(
                    index: 47, byteCount: 256,
                    hash: "ebab50f1e1a295b1d3d0cfcf237de6c2013a3dbc9df4f1a3b2a558fa63745282"),
            ],
            Node(
                index: 31, byteCount: 0,
                hash: "63cfbef67b88fc758843022e4b3427bef88080e43b7859533bc14a83ac3a4ec0")
        ),
        (
            40, 20,
            [
                Node(
                    index: 42, byteCount: 8,
                    hash: "23a7dcc10eb060abd9571f71e233c385dbf7028c1f37eb0f823552610ee7b5fc"),
                Node(
                    index: 45, byteCount: 40,
                    hash: "d81d285f0096937a836933d8112271696851be9266d392e573f3e115c09a0347"),
                Node(
                    index: 35, byteCount: 64,
                    hash: "a39d10248c2bae887b4ed56ccc3914628d5b960543cabc895d26417e9c79dbff"),
                Node(
                    index: 55, byteCount: 120,
                    hash: "6c9ae4f67c254fe0b9bba659fe653a7e7190aab9808d38a690c9df229a462dc3"),
                Node(
                    index: 15, byteCount: 208,
                    hash: "d7049ab43d363efffb7a44e7b1ac270d6601e315fed6bfe19b8e854606c4bf7b"),
            ],
            Node(
                index: 31, byteCount: 0,
                hash: "63cfbef67b88fc758843022e4b3427bef88080e43b7859533bc14a83ac3a4ec0")
        ),
        (
            40, 39,
            [
                Node(
                    index: 76, byteCount: 24,
                    hash: "2ec6164b0689cfbb9846a53ae23ff4b5ea3eb306259ac2330d8355f4e685ba21"),
                Node(
                    index: 73, byteCount: 24,
                    hash: "ef26b381b067efdccaff037e5e88d198b61d4aa6e9ae332bbadfb0a2c36d8c69"),
                Node(
                    index: 67, byteCount: 72,
                    hash: "75ee1329f83da69f8d20cc74bd62148293d8f9ca230c6e2269044d87b07e1e13"),
            ],
            Node(
                index: 71, byteCount: 0,
                hash: "cf4c6694a2f11128bef73b8e034b62859c537eeeef7cfb82753e8b4c5c1306ba")
        ),
    ]

    static let upgrades: [(from: UInt64, to: UInt64, nodes: [Node])] = [
        (
            1, 2,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b")
            ]
        ),
        (
            1, 8,
            [
                Node(
                    index: 2, byteCount: 14,
                    hash: "6f7c1192a0cd7d738c21b1821bb5f59926060d5c6897966dd7cdb581c90eac3b"),
                Node(
                    index: 5, byteCount: 28,
                    hash: "1834d1b6028ff1ed21c59d21125e429a93be316b8dfc9e85a6a3be2fd3994d3c"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
            ]
        ),
        (
            2, 3,
            [
                Node(
                    index: 4, byteCount: 21,
                    hash: "9863bc514062993ff3d4d0cd5ec1075b9fe64b4f4416c7da43ff3de1ed7a498c")
            ]
        ),
        (
            3, 8,
            [
                Node(
                    index: 6, byteCount: 7,
                    hash: "eff64c663bc2ecc9d083a465be781c76f2970f0f1a5f5a3b8b4fb4053c6cd791"),
                Node(
                    index: 11, byteCount: 35,
                    hash: "4e3809551befec2fe2dcbcab7a1277b5c2af60df7ef6e2cfc642b72cb45da0a2"),
            ]
        ),
        (
            5, 7,
            [
                Node(
                    index: 10, byteCount: 0,
                    hash: "5187b7a8021bf4f2c004ea3a54cfece1754f11c7624d2363c7f4cf4fddd1441e"),
                Node(
                    index: 12, byteCount: 7,
                    hash: "b3715c067366c28ce4a646fe7e2b97863d948e2db5a1799d94fec0416204f70f"),
            ]
        ),
        (
            6, 40,
            [
                Node(
                    index: 13, byteCount: 21,
                    hash: "13b6262bf71dcf9ee98391a9ff5c364d37dc9e721d16e001ef0e3224b771335c"),
                Node(
                    index: 23, byteCount: 124,
                    hash: "42e85e2193e9ab0bd9448c0bd236014255f2a09a591a143e91c392fc6603a3c5"),
                Node(
                    index: 47, byteCount: 256,
                    hash: "ebab50f1e1a295b1d3d0cfcf237de6c2013a3dbc9df4f1a3b2a558fa63745282"),
                Node(
                    index: 71, byteCount: 128,
                    hash: "cf4c6694a2f11128bef73b8e034b62859c537eeeef7cfb82753e8b4c5c1306ba"),
            ]
        ),
        (
            7, 33,
            [
                Node(
                    index: 14, byteCount: 14,
                    hash: "62ad260e8aacb331b2dd8c7d7e1290efb5229bb0ad66ec01b987057a7ad937e2"),
                Node(
                    index: 23, byteCount: 124,
                    hash: "42e85e2193e9ab0bd9448c0bd236014255f2a09a591a143e91c392fc6603a3c5"),
                Node(
                    index: 47, byteCount: 256,
                    hash: "ebab50f1e1a295b1d3d0cfcf237de6c2013a3dbc9df4f1a3b2a558fa63745282"),
                Node(
                    index: 64, byteCount: 24,
                    hash: "5e5f9fc6f7b599703d82c142def9e595b9257aac3d225c2d6d0a7b3f77a60243"),
            ]
        ),
        (
            8, 9,
            [
                Node(
                    index: 16, byteCount: 21,
                    hash: "1a4d72340c3e9c7e8179d552f20d29488aafb1bda912aa2662710b887c16a2a7")
            ]
        ),
        (
            8, 16,
            [
                Node(
                    index: 23, byteCount: 124,
                    hash: "42e85e2193e9ab0bd9448c0bd236014255f2a09a591a143e91c392fc6603a3c5")
            ]
        ),
        (
            13, 40,
            [
                Node(
                    index: 26, byteCount: 16,
                    hash: "e5b79726acc647328a5cc0a0e525fe4598431c993e95b6e13418ba2059664cfb"),
                Node(
                    index: 29, byteCount: 32,
                    hash: "f31ae7109cdc520da933e7f76380fa492f0fa291ee2f1b2fa2d28e98472a1168"),
                Node(
                    index: 47, byteCount: 256,
                    hash: "ebab50f1e1a295b1d3d0cfcf237de6c2013a3dbc9df4f1a3b2a558fa63745282"),
                Node(
                    index: 71, byteCount: 128,
                    hash: "cf4c6694a2f11128bef73b8e034b62859c537eeeef7cfb82753e8b4c5c1306ba"),
            ]
        ),
        (16, 16, []),
        (
            32, 33,
            [
                Node(
                    index: 64, byteCount: 24,
                    hash: "5e5f9fc6f7b599703d82c142def9e595b9257aac3d225c2d6d0a7b3f77a60243")
            ]
        ),
    ]

    /// Two heads of length 7 that one key signed.
    static let fork: [(hash: String, signature: String)] = [
        (
            "b85f88c3747f26f8e0c4564a48b5c32ef635d7fe0367805d17af4f93f125e9d7",
            "3f14420b2f1a00ab12216a65d23a73d2a50d6c611086249c6dd49a0c32031f9f"
                + "dacfa953d2aee30f503a779971f2609d8c6770985d3443faf74efb5fb75db40a"
        ),
        (
            "614572a22627ae8a46b71a9ca526c06159a376cffb159a37884088af12b3649a",
            "8ae3556d38d17f7bd9bf657abd47af54310bd38ca21b1552aebdf32fbd012db7"
                + "926634a7ead6a2d3dc0d380cee72cd430c6691c978a7acb0e7f37db0e8359705"
        ),
    ]
}
