using System.Buffers.Text;
using System.Text;
using Mirror.Git;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>Section 5 of the design: <c>base64url(JSON)</c>, the destination first.</summary>
public class ObjectKeyTests
{
    private const string Sha = "0123456789abcdef0123456789abcdef01234567";

    /// <summary>Every way that a group of three bytes can end, and what JSON or base64 treat in a way of their own.</summary>
    private static readonly string[] Names =
    [
        .. Enumerable.Range(1, 20).Select(size => new string('n', size)),
        .. Enumerable.Range(1, 20).Select(size => $"ce/{new string('n', size)}"),
        "a/b/c/d", "ce/quote\"d", "ce/back\\slash", "ce/<b>&amp;'", "ce/a+b=c", "ce/\u00fcml\u00e4ut", "\u65e5\u672c/\u8a9e",
        "ce/\ud83d\ude80", "ce/\uffff\uff5e~?>",
    ];

    public static TheoryData<string> Mirrors => [.. Names];

    [Theory]
    [InlineData("ce/routy", """{"group":"ce","project_name":"routy"}""")]
    [InlineData("routy", """{"group":"","project_name":"routy"}""")]
    [InlineData("a/b/c", """{"group":"a/b","project_name":"c"}""")]
    [InlineData("\u65e5\u672c/<\u00e9>&'\"+", """{"group":"日本","project_name":"<é>&'\"+"}""")]
    public void A_heads_key_is_the_destination(string mirror, string json) =>
        Assert.Equal(json, Decoded(ObjectKey.OfHead(mirror), ".head.age"));

    [Fact]
    public void A_bundles_key_says_more_in_this_order() => Assert.Equal(
        $$"""{"group":"ce","project_name":"routy","commit_sha":"{{Sha}}","branch":"main","local_branch":"refs/heads/<*>","generation":"""
            + """3,"sequence":1099511627775}""",
        Decoded(ObjectKey.OfBundle(Name("ce/routy") with { LocalBranch = "refs/heads/<*>", Sequence = (1L << 40) - 1 }), ".bundle.age"));

    [Fact]
    public void A_key_is_base64url_without_padding() =>
        Assert.Equal("eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoiYWLCv8O_fj4_In0.head.age", ObjectKey.OfHead("ce/ab\u00bf\u00ff~>?"));

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void Reading_is_the_inverse_of_writing(string mirror)
    {
        Assert.Equal(mirror, ObjectKey.ParseHead(ObjectKey.OfHead(mirror)));
        Assert.Equal(Name(mirror), ObjectKey.ParseBundle(ObjectKey.OfBundle(Name(mirror))));
        Assert.Null(ObjectKey.ParseHead(ObjectKey.OfBundle(Name(mirror))));
        Assert.Null(ObjectKey.ParseBundle(ObjectKey.OfHead(mirror)));
    }

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void All_keys_of_a_mirror_begin_alike(string mirror)
    {
        var prefix = ObjectKey.Prefix(mirror);

        Assert.StartsWith(prefix, ObjectKey.OfHead(mirror), StringComparison.Ordinal);
        Assert.StartsWith(prefix, ObjectKey.OfBundle(Name(mirror)), StringComparison.Ordinal);
        Assert.StartsWith(
            prefix, ObjectKey.OfBundle(Name(mirror) with { CommitId = "\u00ff", Generation = 0, Sequence = 0 }), StringComparison.Ordinal);
        Assert.StartsWith(ObjectKey.StandardPrefix(mirror), Standard(ObjectKey.OfHead(mirror), ".head.age"), StringComparison.Ordinal);
        // All of the name but the last letter or two is in it.
        Assert.InRange(prefix.Length, ObjectKey.OfHead(mirror).Length - ".head.age".Length - 6, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void Standard_base64_with_padding_or_without_is_read(string mirror)
    {
        var head = Standard(ObjectKey.OfHead(mirror), ".head.age");
        var bundle = Standard(ObjectKey.OfBundle(Name(mirror)), ".bundle.age");

        Assert.Equal(mirror, ObjectKey.ParseHead(head));
        Assert.Equal(mirror, ObjectKey.ParseHead(head.Replace("=", "", StringComparison.Ordinal)));
        Assert.Equal(Name(mirror), ObjectKey.ParseBundle(bundle));
    }

    [Theory]
    [MemberData(nameof(Mirrors))]
    public void No_key_is_longer_than_the_configuration_thinks(string mirror)
    {
        var url = Remotes.Url("https://h/x");
        var configured = new ConfiguredMirror(mirror, url, url)
        {
            Refs = RefMap.Parse(["refs/heads/<\u00e9>&+*"]),
            Prune = true,
            Diverged = Diverged.Overwrite,
        };
        var name = Name(mirror) with
        {
            CommitId = new string('f', 64),
            Branch = "refs/heads/<\u00e9>&+*",
            LocalBranch = "refs/heads/<\u00e9>&+*",
            Generation = long.MaxValue,
            Sequence = long.MaxValue,
        };

        Assert.InRange(ObjectKey.OfBundle(name).Length, 1, ObjectKeySize.Of("", configured));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".head.age")]
    [InlineData("x")]
    [InlineData("x.head.age")]
    [InlineData("README.head.age")]
    [InlineData("\u00e9\u00e9\u00e9\u00e9.head.age")]
    [InlineData("a/b/c.head.age")]
    [InlineData("====.head.age")]
    [InlineData("eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHkifQ")]
    [InlineData("eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHkifQ.HEAD.AGE")]
    [InlineData("eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHki.head.age")]
    [InlineData("eyJncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHkifQ.x.head.age")]
    [InlineData("ey=Jncm91cCI6ImNlIiwicHJvamVjdF9uYW1lIjoicm91dHkifQ.head.age")]
    public void A_key_that_is_not_ours_is_nobodys(string key)
    {
        Assert.Null(ObjectKey.ParseHead(key));
        Assert.Null(ObjectKey.ParseBundle(key.Replace(".head.", ".bundle.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("1")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("\"ce/routy\"")]
    [InlineData("""{"group":"ce"}""")]
    [InlineData("""{"group":"ce","project_name":null}""")]
    [InlineData("""{"group":"ce","project_name":7}""")]
    [InlineData("""{"group":"ce","project_name":["routy"]}""")]
    [InlineData("""{"group":"ce","project_name":""}""")]
    [InlineData("""{"project_name":""}""")]
    [InlineData("""{"Group":"ce","Project_Name":"routy"}""")]
    [InlineData("""{"group":"ce","project_name":"routy"} """ + "x")]
    [InlineData("""{"group":"ce","project_name":"routy",}""")]
    [InlineData("""{"group":"ce","project_name":"\ud800"}""")]
    [InlineData("""{"group":"\udc00","project_name":"routy"}""")]
    [InlineData("""{"\ud800":1,"\ud800roject_name":"routy"}""")]
    public void Other_json_is_nobodys(string json)
    {
        var encoded = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));

        Assert.Null(ObjectKey.ParseHead($"{encoded}.head.age"));
        Assert.Null(ObjectKey.ParseBundle($"{encoded}.bundle.age"));
    }

    [Fact]
    public void Bytes_that_are_no_text_and_nesting_without_end_are_nobodys()
    {
        byte[] notText = [.. "{\"group\":\"ce\",\"project_name\":\""u8, 0xff, 0xfe, .. "\"}"u8];
        var nested = Encoding.UTF8.GetBytes($"{{\"project_name\":\"routy\",\"x\":{new string('[', 100_000)}");

        Assert.Null(ObjectKey.ParseHead($"{Base64Url.EncodeToString(notText)}.head.age"));
        Assert.Null(ObjectKey.ParseHead($"{Base64Url.EncodeToString(nested)}.head.age"));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("7", 7)]
    [InlineData("1099511627775", 1099511627775)]
    // What nobody could count on from is nothing.
    [InlineData("1099511627776", 0)]
    [InlineData("9007199254740992", 0)]
    [InlineData("9223372036854775807", 0)]
    [InlineData("9223372036854775808", 0)]
    [InlineData("1e400", 0)]
    [InlineData("-1", 0)]
    [InlineData("1.5", 0)]
    [InlineData("\"7\"", 0)]
    [InlineData("null", 0)]
    [InlineData("{}", 0)]
    public void A_number_is_one_that_can_be_counted_on_from(string json, long number)
    {
        var bytes = Encoding.UTF8.GetBytes($$"""{"group":"ce","project_name":"routy","generation":{{json}},"sequence":{{json}}}""");

        var name = ObjectKey.ParseBundle($"{Base64Url.EncodeToString(bytes)}.bundle.age");

        Assert.Equal((number, number, "", "", ""), (name!.Generation, name.Sequence, name.CommitId, name.Branch, name.LocalBranch));
    }

    [Fact]
    public void Any_text_is_a_key_or_not_and_nothing_else()
    {
        const int seed = 5;
        var random = new Random(seed);
        var keys = Names.Select(mirror => ObjectKey.OfBundle(Name(mirror))).ToList();
        for (var i = 0; i < 5000; i++)
        {
            var key = keys[random.Next(keys.Count)].ToCharArray();
            for (var changes = random.Next(1, 6); changes > 0; changes--)
            {
                key[random.Next(key.Length - ".bundle.age".Length)] = "AZaz09-_+/=. \n\u00e9\ud800"[random.Next(16)];
            }
            var failure = Record.Exception(() => { ObjectKey.ParseBundle(new string(key)); });
            Assert.True(failure is null, $"seed {seed}, round {i}: {failure}");
        }
    }

    private static BundleName Name(string mirror) => new(mirror, 3, 7) { CommitId = Sha, Branch = "main", LocalBranch = "master" };

    private static string Decoded(string key, string suffix)
    {
        Assert.EndsWith(suffix, key, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(key.AsSpan(0, key.Length - suffix.Length)));
    }

    private static string Standard(string key, string suffix) =>
        Convert.ToBase64String(Base64Url.DecodeFromChars(key.AsSpan(0, key.Length - suffix.Length))) + suffix;
}
