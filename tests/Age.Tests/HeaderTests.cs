using static Mirror.Age.Tests.Handmade;

namespace Mirror.Age.Tests;

/// <summary>Headers with one thing wrong each, under a MAC that is right for them, and the stage at which they must fail.</summary>
public class HeaderTests
{
    private const string Body31 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Body33 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string Zeros = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    private const string One = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static readonly string FullLine = new('A', 64);

    private static readonly Dictionary<string, string> Legal = new()
    {
        ["one recipient"] = Stanza,
        ["somebody else's first"] = StanzaFor(AgeIdentity.Generate().Recipient) + Stanza,
        ["the same twice"] = Stanza + Stanza,
        ["grease before"] = "-> a-grease ~!\" x\nAAAA\n" + Stanza,
        ["grease behind, without a body"] = Stanza + "-> grease\n\n",
        ["grease of two lines"] = Stanza + $"-> grease\n{FullLine}\nAAAA\n",
        ["grease of one full line"] = Stanza + $"-> grease\n{FullLine}\n\n",
        ["a type that only looks like ours"] = "-> x25519\n\n-> X25519x\n\n" + Stanza,
        ["as many stanzas as can be"] = string.Concat(Enumerable.Repeat("-> g\n\n", 511)) + Stanza,
        ["as long a body as can be"] = $"-> g\n{string.Concat(Enumerable.Repeat($"{FullLine}\n", 42))}{FullLine[..43]}\n" + Stanza,
    };

    private static readonly Dictionary<string, (AgeFailure Failure, string Header)> Illegal = new()
    {
        ["nothing"] = (AgeFailure.Truncated, ""),
        ["not an age file"] = (AgeFailure.Header, "<html>"),
        ["another version"] = (AgeFailure.Header, Header(Stanza, "age-encryption.org/v2\n")),
        ["a longer version"] = (AgeFailure.Header, Header(Stanza, "age-encryption.org/v1 \n")),
        ["CRLF"] = (AgeFailure.Header, Header(Stanza, "age-encryption.org/v1\r\n")),
        ["no stanza"] = (AgeFailure.Header, Header("")),
        ["an empty line"] = (AgeFailure.Header, Header("\n" + Stanza)),
        ["text between stanzas"] = (AgeFailure.Header, Header(Stanza + "text\n" + Stanza)),
        ["a stanza without a type"] = (AgeFailure.Header, Header(Stanza + "-> \n\n")),
        ["a stanza without a space"] = (AgeFailure.Header, Header(Stanza + "->grease\n\n")),
        ["an empty argument"] = (AgeFailure.Header, Header(Stanza + "-> grease  x\n\n")),
        ["a space before the type"] = (AgeFailure.Header, Header(Stanza + "->  grease\n\n")),
        ["a space at the end"] = (AgeFailure.Header, Header(Stanza + "-> grease \n\n")),
        ["an argument with a control character"] = (AgeFailure.Header, Header(Stanza + "-> grease \u007f\n\n")),
        ["an argument with a tab"] = (AgeFailure.Header, Header(Stanza + "-> grease\tx\n\n")),
        ["an argument beyond ASCII"] = (AgeFailure.Header, Header(Stanza + "-> gr\u00e9ase\n\n")),
        ["an argument line with CRLF"] = (AgeFailure.Header, Header(Stanza + "-> grease\r\n\n")),
        ["no body"] = (AgeFailure.Header, Header(Stanza + "-> grease\n")),
        ["no short line after a full one"] = (AgeFailure.Header, Header(Stanza + $"-> grease\n{FullLine}\n")),
        ["a body line after a short one"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAAAA\nAAAA\n")),
        ["a body line too long"] = (AgeFailure.Header, Header(Stanza + $"-> grease\n{FullLine}AAAA\n\n")),
        ["a body that is not base64"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAA*A\n")),
        ["a body in base64 for URLs"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAA-_\n")),
        ["a body with a space"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAAAA AAAA\n")),
        ["a body line with CRLF"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAAAA\r\n")),
        ["a body with padding"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAA==\n")),
        ["a body of one character"] = (AgeFailure.Header, Header(Stanza + "-> grease\nA\n")),
        ["a body not canonical"] = (AgeFailure.Header, Header(Stanza + "-> grease\nAB\n")),
        ["a body too long"] =
            (AgeFailure.Header, Header(Stanza + $"-> g\n{string.Concat(Enumerable.Repeat($"{FullLine}\n", 42))}{FullLine[..44]}\n")),
        ["X25519 without an argument"] = (AgeFailure.Header, Header($"-> X25519\n{Body}\n")),
        ["X25519 with two arguments"] = (AgeFailure.Header, Header($"-> X25519 {Share} x\n{Body}\n")),
        ["X25519 behind a good one, with two arguments"] = (AgeFailure.Header, Header(Stanza + $"-> X25519 {Share} x\n{Body}\n")),
        ["a share not canonical"] = (AgeFailure.Header, Header($"-> X25519 {NonCanonical(Share)}\n{Body}\n")),
        ["a share with padding"] = (AgeFailure.Header, Header($"-> X25519 {Share}=\n{Body}\n")),
        ["a share too short"] = (AgeFailure.Header, Header($"-> X25519 {Body31}\n{Body}\n")),
        ["a share too long"] = (AgeFailure.Header, Header($"-> X25519 {Body33}\n{Body}\n")),
        ["a share far too long"] = (AgeFailure.Header, Header($"-> X25519 {FullLine}AAAA\n{Body}\n")),
        ["a share of zeros"] = (AgeFailure.Header, Header($"-> X25519 {Zeros}\n{Body}\n")),
        ["a share of small order"] = (AgeFailure.Header, Header($"-> X25519 {One}\n{Body}\n")),
        ["a wrapped key not canonical"] = (AgeFailure.Header, Header($"-> X25519 {Share}\n{NonCanonical(Body)}\n")),
        ["a wrapped key too short"] = (AgeFailure.Header, Header($"-> X25519 {Share}\n{Body31}\n")),
        ["a wrapped key too long"] = (AgeFailure.Header, Header($"-> X25519 {Share}\n{Body33}\n")),
        ["a wrapped key far too long"] = (AgeFailure.Header, Header($"-> X25519 {Share}\n{FullLine}\nAAAA\n")),
        ["scrypt beside X25519"] = (AgeFailure.Header, Header(Stanza + $"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n{Body}\n")),
        ["two of scrypt"] =
            (AgeFailure.Header, Header($"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n{Body}\n-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n{Body}\n")),
        ["scrypt alone"] = (AgeFailure.NoIdentity, Header($"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 10\n{Body}\n")),
        ["too many stanzas"] = (AgeFailure.Header, Header(string.Concat(Enumerable.Repeat("-> g\n\n", 512)) + Stanza)),
        ["too long"] = (AgeFailure.Header, Header($"-> g {new string('x', 65536)}\n\n{Stanza}")),
        ["too long, and without an end"] = (AgeFailure.Header, $"{VersionLine}-> g {new string('x', 70000)}"),
        ["somebody else's"] = (AgeFailure.NoIdentity, Header(StanzaFor(AgeIdentity.Generate().Recipient))),
        ["only grease"] = (AgeFailure.NoIdentity, Header("-> grease\n\n")),
        ["a wrapped key that was changed"] = (AgeFailure.NoIdentity, Header($"-> X25519 {Share}\n{Zeros}\n")),
        ["a share that was changed"] = (AgeFailure.NoIdentity, Header($"-> X25519 {Body}\n{Body}\n")),
        ["a MAC of something else"] = (AgeFailure.HeaderMac, $"{VersionLine}{Stanza}--- {MacOf("")}\n"),
        ["a stanza added afterwards"] =
            (AgeFailure.HeaderMac, $"{VersionLine}{Stanza}-> grease\n\n--- {MacOf($"{VersionLine}{Stanza}---")}\n"),
        ["a MAC not canonical"] = (AgeFailure.Header, $"{VersionLine}{Stanza}--- {NonCanonical(MacOf($"{VersionLine}{Stanza}---"))}\n"),
        ["a MAC with padding"] = (AgeFailure.Header, $"{VersionLine}{Stanza}--- {MacOf($"{VersionLine}{Stanza}---")}=\n"),
        ["a MAC too short"] = (AgeFailure.Header, $"{VersionLine}{Stanza}--- {Zeros[..42]}\n\n"),
        ["a MAC too long"] = (AgeFailure.Header, $"{VersionLine}{Stanza}--- {Zeros}A\n"),
        ["a MAC without its space"] = (AgeFailure.Header, $"{VersionLine}{Stanza}---{Zeros}\n\n"),
        ["a MAC with two spaces"] = (AgeFailure.Header, $"{VersionLine}{Stanza}---  {Zeros}\n"),
        ["a MAC line with CRLF"] = (AgeFailure.Header, $"{VersionLine}{Stanza}--- {MacOf($"{VersionLine}{Stanza}---")}\r\n"),
        ["no MAC"] = (AgeFailure.Truncated, $"{VersionLine}{Stanza}---\n"),
        ["no end"] = (AgeFailure.Truncated, $"{VersionLine}{Stanza}"),
    };

    // Where we refuse more than age 1.1 does: its limits are far away, it stops at the first stanza that fits, and only who has a
    // passphrase minds company beside scrypt.
    private static readonly string[] Stricter =
        ["a body too long", "too many stanzas", "too long", "X25519 behind a good one, with two arguments", "scrypt beside X25519"];

    public static TheoryData<string> LegalNames => [.. Legal.Keys];

    public static TheoryData<string> IllegalNames => [.. Illegal.Keys];

    [Theory]
    [MemberData(nameof(LegalNames))]
    public async Task Legal_headers_are_read(string name) =>
        Assert.Equal("aaa"u8.ToArray(), await Sealed.DecryptAsync(File(Header(Legal[name]), Chunk(0, 3, isLast: true))));

    [Theory]
    [MemberData(nameof(IllegalNames))]
    public async Task Illegal_headers_fail_at_their_stage(string name)
    {
        var (failure, header) = Illegal[name];
        // The stages at which a file is merely too short are those where nothing follows.
        var file = failure == AgeFailure.Truncated ? Bytes(header) : File(header, Chunk(0, 3, isLast: true));

        Assert.Equal(failure, await Sealed.FailureAsync(file, name));
    }

    [Fact]
    public async Task Age_agrees_on_what_is_legal()
    {
        foreach (var (name, stanzas) in Legal)
        {
            Assert.True(
                (await AgeCommand.TryDecryptAsync(File(Header(stanzas), Chunk(0, 3, isLast: true)), Sealed.Identity)).ExitCode == 0, name);
        }
        foreach (var (name, (_, header)) in Illegal)
        {
            var result = await AgeCommand.TryDecryptAsync(File(header, Chunk(0, 3, isLast: true)), Sealed.Identity);

            Assert.True((result.ExitCode == 0) == Stricter.Contains(name), $"{name}: {result.Error}");
        }
    }

    [Fact]
    public async Task A_file_without_recipients_or_with_too_many_is_not_begun()
    {
        var recipients = Enumerable.Repeat(Sealed.Identity.Recipient, AgeFile.MaxRecipientCount + 1).ToList();

        Assert.Throws<ArgumentOutOfRangeException>(() => AgeFile.Encrypt(Stream.Null, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => AgeFile.Encrypt(Stream.Null, recipients));
        Assert.Equal([7], await Sealed.DecryptAsync(await Sealed.EncryptAsync([7], [.. recipients[1..]])));
    }

    [Fact]
    public async Task Reading_without_an_identity_is_the_caller_s_mistake() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => AgeFile.DecryptAsync(Stream.Null, [], CancellationToken.None));
}
