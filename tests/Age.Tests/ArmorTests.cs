using Mirror.Tests.Servers;
using static Mirror.Age.Tests.Handmade;

namespace Mirror.Age.Tests;

/// <summary>Armor with one thing wrong each, around a file that is right.</summary>
public class ArmorTests
{
    private const string Begin = "-----BEGIN AGE ENCRYPTED FILE-----\n";
    private const string End = "-----END AGE ENCRYPTED FILE-----\n";

    // Its last line is short, and has padding.
    private static readonly string Base64 = Convert.ToBase64String(FileOf(Chunk(0, 24, isLast: true)));
    private static readonly string Text = Lines(Base64);
    private static readonly string FirstLine = Text[..65];

    private static readonly Dictionary<string, string> Legal = new()
    {
        ["plain"] = Begin + Text + End,
        ["no end of the last line"] = Begin + Text + End.TrimEnd(),
        ["CRLF"] = (Begin + Text + End).Replace("\n", "\r\n", StringComparison.Ordinal),
        ["white space around"] = $" \t\r\n\n{Begin}{Text}{End}\n \r\n\t",
    };

    private static readonly Dictionary<string, (AgeFailure Failure, string Armor)> Illegal = new()
    {
        ["another label"] = (AgeFailure.Header, Begin.Replace("AGE", "PGP", StringComparison.Ordinal) + Text + End),
        ["another label at the end"] = (AgeFailure.Header, Begin + Text + End.Replace("AGE", "PGP", StringComparison.Ordinal)),
        ["a label in lower case"] = (AgeFailure.Header, Begin.ToLowerInvariant() + Text + End),
        ["text before"] = (AgeFailure.Header, "To: you\n" + Begin + Text + End),
        ["text behind"] = (AgeFailure.Header, Begin + Text + End + "x"),
        ["text right behind"] = (AgeFailure.Header, Begin + Text + End.TrimEnd() + "x\n"),
        ["a second file behind"] = (AgeFailure.Header, Begin + Text + End + Begin + Text + End),
        ["too much space before"] = (AgeFailure.Header, new string('\n', 1025) + Begin + Text + End),
        ["too much space behind"] = (AgeFailure.Header, Begin + Text + End + new string(' ', 1025)),
        ["a space in the first line"] = (AgeFailure.Header, Begin.Replace("\n", " \n", StringComparison.Ordinal) + Text + End),
        ["headers"] = (AgeFailure.Header, $"{Begin}Version: 1\n\n{Text}{End}"),
        ["an empty line first"] = (AgeFailure.Header, $"{Begin}\n{Text}{End}"),
        ["an empty line last"] = (AgeFailure.Header, $"{Begin}{Text}\n{End}"),
        ["a line too long"] = (AgeFailure.Header, $"{Begin}{Base64[..68]}\n{Base64[68..]}\n{End}"),
        ["a line that is too long by a CR in it"] = (AgeFailure.Header, $"{Begin}{FirstLine[..64]}\r\r\n{Text[65..]}{End}"),
        ["all in one line"] = (AgeFailure.Header, $"{Begin}{Base64}\n{End}"),
        ["a short line in the middle"] = (AgeFailure.Header, $"{Begin}{Base64[..60]}\n{Lines(Base64[60..])}{End}"),
        ["a space in a line"] = (AgeFailure.Header, $"{Begin} {FirstLine}{Text[65..]}{End}"),
        ["a space at the end of a line"] = (AgeFailure.Header, $"{Begin}{FirstLine[..64]} \n{Text[65..]}{End}"),
        ["a character that is not base64"] = (AgeFailure.Header, $"{Begin}{FirstLine[..63]}*\n{Text[65..]}{End}"),
        ["a checksum as in OpenPGP"] = (AgeFailure.Header, $"{Begin}{Text}=AAAA\n{End}"),
        ["no END"] = (AgeFailure.Truncated, Begin + Text),
        ["nothing inside"] = (AgeFailure.Truncated, Begin + End),
        ["only white space"] = (AgeFailure.Truncated, "\n\n"),
        ["only BEGIN"] = (AgeFailure.Truncated, Begin),
        ["a payload that is cut"] = (AgeFailure.Payload, $"{Begin}{Lines(Base64[..^8])}{End}"),
    };

    public static TheoryData<string> LegalNames => [.. Legal.Keys];

    public static TheoryData<string> IllegalNames => [.. Illegal.Keys];

    [Theory]
    [MemberData(nameof(LegalNames))]
    public async Task Legal_armor_is_taken_off(string name)
    {
        Assert.Equal(24, (await Sealed.DecryptAsync(Bytes(Legal[name]))).Length);
        Assert.Equal(24, (await Sealed.DecryptAsync(new StingyStream(Bytes(Legal[name])))).Length);
    }

    [Theory]
    [MemberData(nameof(IllegalNames))]
    public async Task Illegal_armor_fails(string name) =>
        Assert.Equal(Illegal[name].Failure, await Sealed.FailureAsync(Bytes(Illegal[name].Armor), name));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(38)]
    [InlineData(39)]
    [InlineData(40)]
    [InlineData(41)]
    public async Task Padding_is_canonical_and_a_last_line_may_be_full(int size)
    {
        var file = FileOf(Chunk(0, size, isLast: true));
        var base64 = Convert.ToBase64String(file);
        Assert.Equal(size == 40, file.Length % 48 == 0);

        Assert.Equal(size, (await Sealed.DecryptAsync(Bytes(Begin + Lines(base64) + End))).Length);
        if (base64.EndsWith('='))
        {
            var spelled = NonCanonical(base64.TrimEnd('='));
            Assert.Equal(AgeFailure.Header,
                await Sealed.FailureAsync(Bytes(Begin + Lines(spelled + base64[spelled.Length..]) + End), "not canonical"));
            Assert.Equal(AgeFailure.Header, await Sealed.FailureAsync(Bytes(Begin + Lines(base64.TrimEnd('=')) + End), "no padding"));
        }
    }

    private static string Lines(string base64) => string.Concat(base64.Chunk(64).Select(line => $"{new string(line)}\n"));
}
