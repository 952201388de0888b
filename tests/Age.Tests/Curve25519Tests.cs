using Mirror.Age.Curves;

namespace Mirror.Age.Tests;

public class Curve25519Tests
{
    [Theory]
    [InlineData(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [InlineData(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    [InlineData(
        "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
        "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
        "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")]
    public void X25519_is_that_of_RFC_7748(string secret, string point, string product)
    {
        var shared = new byte[32];

        Assert.True(Curve25519.TryX25519(Hex(secret), Hex(point), shared));
        Assert.Equal(product, Convert.ToHexStringLower(shared));
    }

    [Fact]
    public void X25519_a_thousand_times_over_is_that_of_RFC_7748()
    {
        var (k, u) = (new byte[32], new byte[32]);
        k[0] = u[0] = 9;
        for (var i = 0; i < 1000; i++)
        {
            var next = new byte[32];
            Assert.True(Curve25519.TryX25519(k, u, next));
            (k, u) = (next, k);
        }

        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Convert.ToHexStringLower(k));
    }

    // The points of small order, as they are listed at https://cr.yp.to/ecdh.html#validate
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void A_secret_of_zeros_is_refused(string point) =>
        Assert.False(Curve25519.TryX25519(Sealed.RandomBytes(seed: 1, 32), Hex(point), new byte[32]));

    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Ed25519_is_that_of_RFC_8032(string seed, string publicKey, string message, string signature)
    {
        Assert.Equal(publicKey, Convert.ToHexStringLower(Curve25519.Ed25519PublicKey(Hex(seed))));
        Assert.Equal(signature, Convert.ToHexStringLower(Curve25519.Sign(Hex(seed), Hex(message))));
        Assert.True(Curve25519.Verify(Hex(publicKey), Hex(message), Hex(signature)));
        Assert.False(Curve25519.Verify(Hex(publicKey), Hex($"{message}00"), Hex(signature)));
    }

    [Fact]
    public void A_missing_library_is_named_and_how_to_get_it()
    {
        var failure = Assert.Throws<DllNotFoundException>(
            () => LibCrypto.Load("libcrypto.so.none", typeof(LibCrypto).Assembly, path: null));

        Assert.Contains("libcrypto.so.none was not found: install OpenSSL 3", failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);
}
