using System.Text;
using System.Text.Json;
using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>A head is what <c>age</c> and <c>ssh-keygen</c> make of it, in both directions.</summary>
public class SealedHeadTests
{
    [Fact]
    public async Task Age_and_ssh_keygen_take_ours()
    {
        var head = await HeadText.SealAsync(HeadText.Value, HeadText.Signing, [HeadText.Identity.Recipient], CancellationToken.None);
        var folder = Scratch.NewFolder("head");

        var payload = await RunAsync(
            new Command("age", "--decrypt", "--identity", Write(folder, "key", HeadText.Identity.ToText())) { Input = head.ToArray() });
        var end = payload.AsSpan().IndexOf("\n\n"u8) + 1;
        var (signature, json) = (payload[..end], payload[(end + 1)..]);
        Write(folder, "head.sig", Encoding.ASCII.GetString(signature));
        Write(folder, "allowed", $"producer {HeadText.Signing.VerifyingKey}\n");
        var verify = new Command("ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "producer", "-n", "mirror-head", "-s", "head.sig")
        { Directory = folder, Input = json };

        Assert.Contains("Good \"mirror-head\" signature", await verify.RunAsync(), StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json);
        Assert.Equal(
            ["format", "mirror", "generation", "sequence", "object_format", "written", "expires", "head", "managed", "refs", "chain"],
            document.RootElement.EnumerateObject().Select(field => field.Name));
        using var expected = JsonDocument.Parse(HeadText.Json);
        Assert.True(JsonElement.DeepEquals(expected.RootElement, document.RootElement), Encoding.UTF8.GetString(json));
    }

    [Theory]
    [InlineData("sha512")]
    [InlineData("sha256")]
    public async Task One_made_by_hand_is_taken(string hash)
    {
        var folder = Scratch.NewFolder("head");
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "by hand", "-f", "id") { Directory = folder }.RunAsync();
        var trusted = VerifyingKey.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "id.pub")));
        var json = Encoding.UTF8.GetBytes(HeadText.Json);
        var sign = new Command("ssh-keygen", "-q", "-Y", "sign", "-f", "id", "-n", "mirror-head", "-O", $"hashalg={hash}")
        { Directory = folder, Input = json };
        var signature = await sign.RunAsync();
        byte[] signed = [.. Encoding.ASCII.GetBytes(signature), (byte)'\n', .. json];
        var head = await RunAsync(new Command("age", "-r", HeadText.Identity.Recipient.ToString()) { Input = signed });

        HeadText.AssertSame(HeadText.Value, await HeadText.OpenAsync(head, [HeadText.Signing.VerifyingKey, trusted]));
        var refused = await Assert.ThrowsAsync<ChainException>(() => HeadText.OpenAsync(head));
        Assert.Equal(ChainFailure.Signature, refused.Failure);
    }

    [Fact]
    public async Task Reading_is_the_inverse_of_writing()
    {
        var head = Odd();

        var bytes = await HeadText.SealAsync(head, HeadText.Signing, [HeadText.Identity.Recipient], CancellationToken.None);

        HeadText.AssertSame(head, await HeadText.OpenAsync(bytes));
        HeadText.AssertSame(head, await HeadText.OpenUnsignedAsync(bytes));
    }

    [Fact]
    public async Task One_of_very_many_refs_is_what_its_signature_says()
    {
        RefList refs =
            [.. Enumerable.Range(0, 20_000).Select(i => new Ref(RefName.Parse($"refs/heads/{i:00000}/é"), ObjectId.Parse(HeadText.Id)))];
        var state = HeadText.Value.State;
        var head = HeadText.Value with
        {
            State = state with { Refs = refs, Chain = [state.Chain[0], state.Chain[1] with { RefsDigest = RefsDigest.Of(refs) }] },
        };

        var bytes = await HeadText.SealAsync(head, HeadText.Signing, [HeadText.Identity.Recipient], CancellationToken.None);

        HeadText.AssertSame(head, await HeadText.OpenAsync(bytes));
    }

    [Fact]
    public async Task An_unsigned_one_is_for_those_alone_who_were_told_to_do_without()
    {
        var bytes = await HeadText.SealAsync(HeadText.Value, key: null, [HeadText.Identity.Recipient], CancellationToken.None);

        HeadText.AssertSame(HeadText.Value, await HeadText.OpenUnsignedAsync(bytes));
        Assert.Equal("head: it is not signed", (await Assert.ThrowsAsync<ChainException>(() => HeadText.OpenAsync(bytes))).Message);
        var nobody = await Assert.ThrowsAsync<ChainException>(() => HeadText.OpenAsync(bytes, []));
        Assert.Equal(ChainFailure.Signature, nobody.Failure);
    }

    [Fact]
    public async Task One_for_somebody_else_is_undecryptable()
    {
        var bytes = await HeadText.SealAsync(HeadText.Value, HeadText.Signing, [AgeIdentity.Generate().Recipient], CancellationToken.None);

        Assert.Equal(ChainFailure.Undecryptable, (await Assert.ThrowsAsync<ChainException>(() => HeadText.OpenAsync(bytes))).Failure);
    }

    /// <summary>
    /// SHA-256, no default branch, no refs of one kind, names that JSON writes in a way of its own, and no bundle but one.
    /// </summary>
    private static MirrorHead Odd()
    {
        var id = ObjectId.Parse(new string('f', 64));
        RefList refs =
        [
            new(RefName.Parse("refs/heads/\"<\u00e9>&'"), id),
            new(RefName.Parse("refs/heads/\ud83d\ude80"), id),
            new(RefName.Parse("refs/heads/\uffff"), id),
        ];
        var entry = new ChainEntry(long.MaxValue, BundleKind.Full, "k\"<>\ud83d\ude80")
        {
            Size = long.MaxValue,
            Sha256 = "",
            HeaderSha256 = "",
            RefsDigest = RefsDigest.Of(refs),
            Written = HeadText.Time("0001-01-01T00:00:00Z"),
        };
        return new MirrorHead("ce/\"<\u00e9\ud83d\ude80>",
            new ChainState(0, ObjectFormat.Sha256) { Chain = [entry], Managed = ["refs/heads/*", "^refs/heads/\u00e9"], Refs = refs })
        {
            Written = HeadText.Time("9999-12-31T23:59:59Z"),
            Expires = HeadText.Time("2026-01-31T11:00:00+01:00"),
        };
    }

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<byte[]> RunAsync(Command command) =>
        await command.TryRunAsync() is { ExitCode: 0 } result ? result.Bytes : throw new InvalidOperationException($"{command} failed");
}
