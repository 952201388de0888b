using System.Text;
using Mirror.Age.Signatures;

namespace Mirror.Age.Tests.Signatures;

public class SshKeyTests
{
    private const string Label = "OPENSSH PRIVATE KEY";

    // Of 'a comment', nine characters, whose padding is four bytes.
    private static readonly SigningKey Key = SigningKey.Generate("a comment");
    private static readonly string Text = Key.ToOpenSsh();
    private static readonly byte[] Raw = Convert.FromBase64String(string.Concat(Text.Split('\n')[1..^2]));

    private static readonly Dictionary<string, string> IllegalSecrets = new()
    {
        ["nothing"] = "",
        ["an age identity"] = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX",
        ["a PEM of PKCS 8"] =
            "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n",
        ["another magic"] = Armored(Blob(magic: "openssh-key-v2\0")),
        ["a kdf without a cipher"] = Armored(Blob(kdf: "bcrypt")),
        ["options of no kdf"] = Armored(Blob(options: "x")),
        ["two keys"] = Armored(Blob(count: 2)),
        ["no key"] = Armored(Blob(count: 0)),
        ["a byte behind"] = Armored([.. Blob(), 0]),
        ["another public key outside"] = Armored(Blob(outer: SigningKey.Generate("").VerifyingKey)),
        ["checks that differ"] = Armored(Blob(secret: Secret(check: 8))),
        ["another type inside"] = Armored(Blob(secret: Secret(type: "ssh-ed25518"))),
        ["another public key inside"] = Armored(Blob(secret: Secret(inner: SigningKey.Generate("").VerifyingKey))),
        ["another public key behind the seed"] = Armored(Blob(secret: Secret(behindSeed: SigningKey.Generate("").VerifyingKey))),
        ["padding that does not count"] = Armored(Blob(secret: Secret(padding: [1, 2, 3, 5]))),
        ["padding of zeros"] = Armored(Blob(secret: Secret(padding: [0, 0, 0, 0]))),
        ["too little padding"] = Armored(Blob(secret: Secret(padding: [1, 2, 3]))),
        ["no padding"] = Armored(Blob(secret: Secret(padding: []))),
        ["a block too much of padding"] = Armored(Blob(secret: Secret(padding: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))),
        ["a comment of two lines"] = Armored(Blob(secret: Secret(comment: "a\ncomment"))),
    };

    public static TheoryData<string> Names => [.. IllegalSecrets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Illegal_private_keys_are_refused(string name) =>
        Assert.Throws<AgeKeyException>(() => SigningKey.Parse(IllegalSecrets[name]));

    [Fact]
    public void The_legal_one_beside_them_is_read() => Assert.Equal(Key.VerifyingKey, SigningKey.Parse(Armored(Blob())).VerifyingKey);

    [Fact]
    public void Every_prefix_of_a_private_key_is_refused()
    {
        for (var size = 0; size < Text.Length - 1; size++)
        {
            Assert.Throws<AgeKeyException>(() => SigningKey.Parse(Text[..size]));
        }
        for (var size = 0; size < Raw.Length; size++)
        {
            Assert.Throws<AgeKeyException>(() => SigningKey.Parse(Armored(Raw[..size])));
        }
    }

    [Fact]
    public void A_flipped_bit_of_a_private_key_is_refused_or_in_the_comment()
    {
        for (var bit = 0; bit < Raw.Length * 8; bit++)
        {
            var spoilt = Raw.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << bit % 8);
            var failure = Record.Exception(() => Assert.Equal(Key.VerifyingKey, SigningKey.Parse(Armored(spoilt)).VerifyingKey));

            // The comment is the only part that nothing else repeats: its characters stand before four bytes of padding.
            var isComment = bit / 8 >= Raw.Length - 4 - "a comment".Length && bit / 8 < Raw.Length - 4;
            Assert.True(failure is AgeKeyException || isComment && failure is null, $"bit {bit}: {failure}");
        }
    }

    [Fact]
    public void A_comment_is_one_line() => Assert.Throws<AgeKeyException>(() => SigningKey.Generate("two\nlines"));

    [Fact]
    public void Printing_a_key_does_not_show_its_secret() =>
        Assert.DoesNotContain(Convert.ToBase64String(Key.Seed)[..20], $"{Key}", StringComparison.Ordinal);

    [Fact]
    public void A_public_key_is_equal_by_its_bytes_alone()
    {
        var (bare, named) = (VerifyingKey.Parse(Line("")), VerifyingKey.Parse(Line(" a  comment ")));

        Assert.Equal(bare, named);
        Assert.Equal(bare.GetHashCode(), named.GetHashCode());
        Assert.Equal(("", "a  comment"), (bare.Comment, named.Comment));
        Assert.Equal((Line(""), Line(" a  comment")), (bare.ToString(), named.ToString()));
        Assert.NotEqual(bare, SigningKey.Generate("").VerifyingKey);
        Assert.Matches("^SHA256:[A-Za-z0-9+/]{43}$", bare.Fingerprint);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ssh-ed25519")]
    [InlineData("ssh-ed25519 ")]
    [InlineData("ssh-ed25519 AAAA")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fAA==")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a\nb")]
    [InlineData("ssh-ed25518 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")]
    [InlineData("producer ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----")]
    public void Anything_else_is_no_public_key(string line) => Assert.Throws<AgeKeyException>(() => VerifyingKey.Parse(line));

    private static string Line(string comment) =>
        $"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f{comment}";

    private static byte[] Blob(
        string magic = "openssh-key-v1\0",
        string kdf = "none",
        string options = "",
        uint count = 1,
        VerifyingKey? outer = null,
        byte[]? secret = null) =>
        new SshWriter().Bytes(Encoding.ASCII.GetBytes(magic)).String("none").String(kdf).String(options).UInt32(count)
            .String((outer ?? Key.VerifyingKey).Blob).String(secret ?? Secret()).Written.ToArray();

    private static byte[] Secret(
        uint check = 7,
        string type = "ssh-ed25519",
        VerifyingKey? inner = null,
        VerifyingKey? behindSeed = null,
        string comment = "a comment",
        byte[]? padding = null) =>
        new SshWriter().UInt32(7).UInt32(check).String(type).String((inner ?? Key.VerifyingKey).Key)
            .String([.. Key.Seed, .. (behindSeed ?? Key.VerifyingKey).Key])
            .String(comment).Bytes(padding ?? [1, 2, 3, 4]).Written.ToArray();

    private static string Armored(byte[] blob) => SshArmor.Encode(Label, blob);
}
