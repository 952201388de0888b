using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Documentation;

/// <summary>docs/format.md as the files of docs/example want it: every figure, digest and dump of its worked example.</summary>
internal static partial class FormatPage
{
    // The folders of a directory store, docs/format.md "In a directory".
    private const int FolderSize = 200;

    private const int NonceSize = 16;

    public static string FilePath { get; } = Path.Combine(Documents.Folder, "format.md");

    /// <summary>The page with whatever the files decide put in; equal to <paramref name="page"/> where it is true.</summary>
    public static async Task<string> AsTheFilesSayAsync(string page)
    {
        var head = await ExampleHead.ReadAsync();
        var key = head.Entries[^1].GetProperty("key").GetString()!;
        var file = await File.ReadAllBytesAsync(ExampleBucket.PathOf(key));
        var header = file.AsSpan().IndexOf("\n--- "u8);
        header += 2 + file.AsSpan(header + 1).IndexOf((byte)'\n');
        var refs = string.Concat(head.Refs.Select(found => $"{found.Value} {found.Name}\n"));
        (Regex Place, string Text)[] parts =
        [
            (Json(), head.Abridged()),
            (Signature(), Dump(head.SignatureBytes)),
            (Bundle(), Dump(await ExampleBucket.DecryptAsync(key))),
            (KeySizes(), $"The key of sequence 2 has {key.Length} bytes: "
                + $"a folder of {FolderSize} and `~`, and a file of {key.Length - FolderSize}."),
            (HeaderSize(), $"Its `header_sha256`, of {header} bytes of header and {NonceSize} of nonce:"),
            (HeaderDigest(), $"head -c {header + NonceSize} bucket/*~/{key[FolderSize..]} | sha256sum    "
                + $"# {Cut(file.AsSpan(0, header + NonceSize))}"),
            (RefsDigest(), $"echo '{refs.TrimEnd('\n')}' | sha256sum    # {Cut(Encoding.UTF8.GetBytes(refs))}"),
            (Expiry(), $"The head expires on {head.Fields.GetProperty("expires").GetString()![..10]}"),
        ];
        foreach (var (place, text) in parts)
        {
            Assert.True(place.Count(page) == 1, $"docs/format.md has {place.Count(page)} places for {place}");
            page = place.Replace(page, _ => text);
        }
        return page;
    }

    /// <summary>As xxd prints.</summary>
    private static string Dump(byte[] bytes)
    {
        var lines = bytes.Chunk(16).Select((row, i) =>
        {
            var pairs = string.Join(' ', row.Chunk(2).Select(Convert.ToHexStringLower));
            var text = string.Concat(row.Select(value => value is >= 0x20 and < 0x7f ? (char)value : '.'));
            return string.Create(CultureInfo.InvariantCulture, $"{i * 16:x8}: {pairs,-39}  {text}\n");
        });
        return string.Concat(lines);
    }

    private static string Cut(ReadOnlySpan<byte> bytes)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return $"{digest[..8]}…{digest[^4..]}";
    }

    [GeneratedRegex(@"(?<=```json\n)\{\n  ""format"": .*?(?=```)", RegexOptions.Singleline)]
    private static partial Regex Json();

    [GeneratedRegex(@"(?<=The armored part of that head, decoded:\n\n```\n).*?(?=```)", RegexOptions.Singleline)]
    private static partial Regex Signature();

    [GeneratedRegex(@"(?<=\| xxd\n```\n\n```\n).*?(?=```)", RegexOptions.Singleline)]
    private static partial Regex Bundle();

    [GeneratedRegex("The key of sequence 2 has .*")]
    private static partial Regex KeySizes();

    [GeneratedRegex("Its `header_sha256`, of .*")]
    private static partial Regex HeaderSize();

    [GeneratedRegex(@"head -c \d+ .*")]
    private static partial Regex HeaderDigest();

    [GeneratedRegex("echo '[0-9a-f]{40} .*")]
    private static partial Regex RefsDigest();

    [GeneratedRegex(@"The head (expired|expires) on \d{4}-\d\d-\d\d")]
    private static partial Regex Expiry();
}
