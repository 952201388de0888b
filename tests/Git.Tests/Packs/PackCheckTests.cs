using System.Security.Cryptography;
using Mirror.Git.Protocol;
using Mirror.Git.Tests.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Git.Tests.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Packs;

public class PackCheckTests
{
    // An empty blob: type and size in one byte, then a zlib stream of nothing. git writes the same.
    private const string EmptyBlob = "\u0030\u0078\u009c\u0003\0\0\0\0\u0001";

    private static readonly Lazy<Task<byte[]>> Sha1 = new(() => PackAsync("sha1"));
    private static readonly Lazy<Task<byte[]>> Sha256 = new(() => PackAsync("sha256"));

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_pack_of_git_passes_as_it_is(string format)
    {
        var pack = await OfAsync(format);

        await PassesAsync(new MemoryStream(pack), format, 6);
        await PassesAsync(new StingyStream(pack), format, 6);
        await PassesAsync(new StingyStream(EmptyPack.Of(Format(format))), format, 0);
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task No_prefix_of_a_pack_ends_as_a_pack(string format)
    {
        var pack = await OfAsync(format);
        for (var size = 0; size < pack.Length; size++)
        {
            await FaultAsync(pack[..size], format);
        }
    }

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task No_flipped_bit_passes(string format)
    {
        var pack = await OfAsync(format);
        for (var bit = 0; bit < pack.Length * 8; bit++)
        {
            var spoilt = pack.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << (bit % 8));
            await FaultAsync(spoilt, format);
        }
    }

    [Theory]
    [InlineData("", "the pack ends after 0 bytes")]
    [InlineData("PACK", "the pack ends after 4 bytes")]
    [InlineData("PACK\0\0\0\u0002\0\0\0\u0001", "a pack of 12 bytes cannot have 1 objects, as its header says")]
    [InlineData("PACK and so on", "what was sent is not a pack")]
    [InlineData("<html> not found </html>", "what was sent is not a pack")]
    [InlineData("PACK\0\0\0\u0002\0\0\0\u0001garbage, and enough of it to be an entry", "the pack's checksum is wrong")]
    [InlineData("PACK\0\0\0\u0002\0\0\0\0garbage, and enough of it to be an entry", "goes on after its end")]
    public async Task What_is_no_pack_is_said_to_be_none(string bytes, string message) =>
        Assert.Contains(message, await FaultAsync(Wire.Bytes(bytes), "sha1"), StringComparison.Ordinal);

    [Theory]
    [InlineData("\u0001", EmptyBlob, null)]
    [InlineData("\u0002", EmptyBlob, "a pack of 41 bytes cannot have 2 objects, as its header says")]
    [InlineData("\u0002", $"{EmptyBlob}{EmptyBlob}", null)]
    [InlineData("\u00ff", EmptyBlob, "a pack of 41 bytes cannot have 255 objects, as its header says")]
    [InlineData("\u0001", "", "a pack of 32 bytes cannot have 1 objects, as its header says")]
    public async Task A_count_is_held_against_the_size(string count, string entries, string? message)
    {
        var pack = WithChecksum(Wire.Bytes($"PACK\0\0\0\u0002\0\0\0{count}{entries}"));

        if (message is null)
        {
            await PassesAsync(new MemoryStream(pack), "sha1", count[0]);
        }
        else
        {
            Assert.Equal(message, await FaultAsync(pack, "sha1"));
        }
    }

    [Fact]
    public async Task Nothing_may_follow_the_checksum()
    {
        var pack = await Sha1.Value;

        Assert.Equal("the pack's checksum is wrong", await FaultAsync([.. pack, 0], "sha1"));
        Assert.Equal("the pack's checksum is wrong", await FaultAsync([.. pack, .. pack], "sha1"));
    }

    [Fact]
    public async Task A_pack_of_the_other_format_is_none() =>
        Assert.Equal("the pack's checksum is wrong", await FaultAsync(await Sha256.Value, "sha1"));

    [Fact]
    public async Task A_pack_of_nothing_that_goes_on_for_ever_is_ended()
    {
        var endless = new EndlessStream(EmptyPack.Of(ObjectFormat.Sha1), new byte[1000]);

        await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(endless, "sha1"));
    }

    [Theory]
    [InlineData("PACK and so on, which is no pack", "is not a pack")]
    [InlineData("PACK\0\0\0\u0002\0\0\0\u0001garbage, and enough of it to be an entry", "checksum is wrong")]
    [InlineData("", "ends after 0 bytes")]
    public async Task A_source_that_sends_no_pack_is_named(string pack, string message)
    {
        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Wire.Bytes(pack), "packfile\n"));

        Assert.Equal((RemoteFailure.Malformed, "fetch", false), (failure.Failure, failure.Stage, failure.IsTransient));
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_sends_nothing_for_what_was_wanted_is_refused()
    {
        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(EmptyPack.Of(ObjectFormat.Sha1), "packfile\n"));

        Assert.Contains("the pack has no objects", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_shares_a_commit_may_send_nothing()
    {
        var pack = EmptyPack.Of(ObjectFormat.Sha1);

        Assert.Equal(pack, await FetchAsync(pack, "acknowledgments\n", $"ACK {Wire.B}\n", "ready\n", Wire.Delimiter, "packfile\n"));
    }

    private static async Task<byte[]> FetchAsync(byte[] pack, params string[] before)
    {
        byte[] answer = FakeGit.Result("upload-pack", [.. before, $"\u0001{Wire.Text(pack)}", Wire.Flush]);
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(FakeGit.Listing), FakeAnswer.Raw(answer)));
        await using var remote = Remote.At(server.Url).Read();
        var listing = await FakeGit.ListAsync(remote);
        ObjectId[] haves = before.Length > 1 ? [ObjectId.Parse(Wire.B)] : [];
        var fetch = await remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], haves) { CheckPack = true }, CancellationToken.None);
        using var read = new MemoryStream();
        await fetch.Pack.CopyToAsync(read);
        return read.ToArray();
    }

    /// <summary>Why the bytes do not pass, by each of the two ways; they must not end as a pack by either.</summary>
    private static async Task<string> FaultAsync(byte[] bytes, string format)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(new MemoryStream(bytes), format));
        Assert.Equal(RemoteFailure.Malformed, failure.Failure);
        await using var check = new PackCheck(Format(format));
        await check.WriteAsync(bytes);
        Assert.Equal(failure.Message, check.Finish());
        Assert.Equal(failure.Message, check.Finish());
        return failure.Message;
    }

    private static async Task PassesAsync(MemoryStream pack, string format, uint count)
    {
        var (bytes, read) = await ReadAsync(pack, format);
        Assert.Equal(pack.ToArray(), bytes);
        Assert.Equal(count, read);
    }

    private static async Task<(byte[] Bytes, uint? Count)> ReadAsync(Stream pack, string format)
    {
        await using var check = new PackCheck(Format(format));
        using var read = new MemoryStream();
        await new CheckedPackStream(pack, check).CopyToAsync(read);
        return (read.ToArray(), check.ObjectCount);
    }

#pragma warning disable CA5350 // SHA-1 is what the format says.
    private static byte[] WithChecksum(byte[] pack) => [.. pack, .. SHA1.HashData(pack)];
#pragma warning restore CA5350

    private static ObjectFormat Format(string name) => name == "sha256" ? ObjectFormat.Sha256 : ObjectFormat.Sha1;

    private static Task<byte[]> OfAsync(string format) => format == "sha256" ? Sha256.Value : Sha1.Value;

    /// <summary>Two commits, each with a tree and a blob.</summary>
    private static async Task<byte[]> PackAsync(string format)
    {
        var repository = await GitRepository.CreateAsync(objectFormat: format);
        await repository.CommitAsync("main", "a.txt", "one\n");
        await repository.CommitAsync("main", "a.txt", "two\n");
        var made = await new Command("git", "pack-objects", "--all", "--stdout", "-q") { Directory = repository.Path }.TryRunAsync();
        return made.Bytes;
    }
}
