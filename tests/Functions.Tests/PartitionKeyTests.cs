using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Keys that are missing, wrong or somebody else's: said before anything is done, with what to do about it.</summary>
public sealed class PartitionKeyTests
{
    [Fact]
    public async Task Without_keys_neither_side_begins()
    {
        var sides = await PartitionSides.CreateAsync();
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";

        await AssertRefusedAsync(sides.Near, "produce", $"{sides.Places}signing: {{ key: file:signing_ed25519 }}\n{mirrors}",
            "'age.recipients' is missing: for whom to encrypt; mirror keygen makes keys");
        await AssertRefusedAsync(sides.Near, "produce", $"{sides.Places}age: {{ recipients: [{sides.Recipient}] }}\n{mirrors}",
            "'signing.key' is missing: what to sign heads with, or signing: { unsigned: allow }");
        await AssertRefusedAsync(sides.Far, "consume", $"{sides.Places}signing: {{ trusted: [\"{sides.Signer}\"] }}\n{mirrors}",
            "'age.identities' is missing: who decrypts; mirror keygen makes keys");
        await AssertRefusedAsync(sides.Far, "consume", $"{sides.Places}age: {{ identities: [file:age.key] }}\n{mirrors}",
            "'signing.trusted' is missing: whose heads to believe, or signing: { unsigned: allow }");

        Assert.Empty(Directory.EnumerateFileSystemEntries(sides.Bucket));
    }

    [Fact]
    public async Task All_that_is_wrong_with_the_keys_is_said_at_once_each_with_its_place()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Near.WriteAsync("junk", "junk\n");
        await sides.Near.WriteAsync("mirror.yaml",
            $"{sides.Places}age:\n  recipients: [{sides.Recipient}, file:junk, file:absent]\nsigning:\n  key: file:junk\n"
                + $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}");

        var lines = (await sides.Near.RunAsync("produce")).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(3, lines.Length);
        Assert.StartsWith($"error: mirror.yaml:4:{"  recipients: [".Length + sides.Recipient.Length + 3}: age.recipients: ",
            lines[0], StringComparison.Ordinal);
        Assert.Contains(": age.recipients: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("absent", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("mirror.yaml:6:8: signing.key: not an OpenSSH private key", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mistakes_inside_the_keys_are_in_one_list_with_those_of_the_configuration()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Near.WriteAsync("junk", "junk\n");
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";
        await sides.Near.WriteAsync("mirror.yaml", $"""
            stor: ./bucket
            state: ./state
            age:
              recipients: [age1junk, file:junk]
            signing:
              key: env:ABSENT
            purge: true
            {mirrors}
            """);
        await sides.Far.WriteAsync("mirror.yaml", $"""
            {sides.Places}age:
              identities: [file:absent, 'keyvault:https://no.invalid/secrets/key']
            signing:
              key: file:absent
            {mirrors}
            """);

        var (produced, consumed) = (await sides.ProduceAsync(), await sides.ConsumeAsync());

        Assert.Equal((2, 2), (produced.ExitCode, consumed.ExitCode));
        AssertLines(produced, "mirror.yaml:1:1: unknown key 'stor'", "mirror.yaml:4:16: recipients: ", "mirror.yaml:4:26: age.recipients: ",
            "mirror.yaml:6:8: signing.key: env:ABSENT: the variable is not set", "mirror.yaml:7:1: unknown key 'purge'");
        // A vault is not asked, and a consumer reads no signing key.
        AssertLines(consumed, "mirror.yaml:4:16: age.identities: file:absent: no such file",
            "mirror.yaml:5:1: 'signing.trusted' is missing");
        Assert.False(Directory.Exists(sides.Near.PathOf("state")));
    }

    [Fact]
    public async Task Keys_that_variables_name_are_in_the_same_list()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Far.WriteAsync("mirror.yaml", $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}");
        sides.Far.Environment["MIRROR_AGE_IDENTITIES"] = "file:absent";

        var result = await sides.ConsumeAsync();

        AssertLines(result, "mirror.yaml: MIRROR_AGE_IDENTITIES: age.identities: file:absent: no such file",
            "mirror.yaml:1:1: 'store' is missing", "mirror.yaml:1:1: 'state' is missing", "mirror.yaml:1:1: 'signing.trusted' is missing");
    }

    [Fact]
    public async Task A_signing_key_that_cannot_sign_says_why_and_how_to_make_one_that_can()
    {
        var sides = await PartitionSides.CreateAsync();
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "secret-passphrase", "-f", sides.Near.PathOf("locked")).RunAsync();
        await new Command("ssh-keygen", "-q", "-t", "ecdsa", "-N", "", "-f", sides.Near.PathOf("ecdsa")).RunAsync();
        await sides.Near.WriteAsync("junk", "junk\n");
        string Configuration(string key) => $"{sides.Places}age: {{ recipients: [{sides.Recipient}] }}\nsigning: {{ key: {key} }}\n"
            + $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";

        await AssertRefusedAsync(sides.Near, "produce", Configuration("file:locked"), "signing.key: the private key has a passphrase");
        await AssertRefusedAsync(sides.Near, "produce", Configuration("file:ecdsa"), "signing.key: ");
        await AssertRefusedAsync(sides.Near, "produce", Configuration("file:junk"),
            "signing.key: not an OpenSSH private key, or damaged: ssh-keygen -t ed25519");
        await AssertRefusedAsync(sides.Near, "produce", Configuration("file:absent"), "signing.key: ");
        await AssertRefusedAsync(sides.Near, "produce", Configuration("env:ABSENT"), "ABSENT");
    }

    [Fact]
    public async Task The_two_halves_of_a_pair_mixed_up_are_told_apart_and_not_repeated()
    {
        var sides = await PartitionSides.CreateAsync();
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";

        await AssertRefusedAsync(sides.Near, "produce", $"{sides.Places}age: {{ recipients: [{sides.Far.Secrets[0]}] }}\n{mirrors}",
            "mirror.yaml:3:21: recipients: this is a secret key, not a recipient");
        await AssertRefusedAsync(sides.Far, "consume", $"{sides.Places}age: {{ identities: [{sides.Far.Secrets[0]}] }}\n{mirrors}",
            "a secret is not written here, only where it is");
        await sides.Far.WriteAsync("recipient", sides.Recipient);
        await AssertRefusedAsync(sides.Far, "consume",
            $"{sides.Places}age: {{ identities: [file:recipient] }}\nsigning: {{ unsigned: allow }}\n{mirrors}", "age.identities: ");
    }

    [Fact]
    public async Task The_identity_of_another_person_decrypts_nothing_and_moves_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        File.Delete(sides.Far.PathOf("age.key"));
        await new Command("age-keygen", "-o", sides.Far.PathOf("age.key")).RunAsync();

        var (text, json) = (await sides.ConsumeAsync(), await sides.ConsumeAsync("--json"));

        Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
        Assert.Contains(
            "next: check age.identities: the producer's age.recipients must name one of them", text.Error, StringComparison.Ordinal);
        var error = PartitionSides.JsonLine(json).GetProperty("error");
        Assert.Equal(["reason", "message", "refs"], error.EnumerateObject().Select(property => property.Name));
        Assert.Equal("undecryptable", error.GetProperty("reason").GetString());
        Assert.Empty(await sides.Target.RefsAsync());
    }

    [Fact]
    public async Task A_head_signed_by_another_key_is_not_believed()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        File.Delete(sides.Near.PathOf("signing_ed25519"));
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", sides.Near.PathOf("signing_ed25519")).RunAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        var before = await sides.Target.RefsAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);

        var result = await sides.ConsumeAsync("--json");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal("signature", PartitionSides.JsonLine(result).GetProperty("error").GetProperty("reason").GetString());
        Assert.Equal(before, await sides.Target.RefsAsync());
    }

    [Fact]
    public async Task Unsigned_works_where_both_sides_allow_it_and_only_there()
    {
        var sides = await PartitionSides.CreateAsync();
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";
        const string Allowed = "signing: { unsigned: allow }\n";
        await sides.Near.WriteAsync("mirror.yaml", $"{sides.Places}age: {{ recipients: [{sides.Recipient}] }}\n{Allowed}{mirrors}");
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}age: {{ identities: [file:age.key] }}\n{Allowed}{mirrors}");
        await sides.Far.WriteAsync("strict.yaml", $"{sides.Places}{sides.FarKeys}{mirrors}");
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);

        var strict = await sides.ConsumeAsync("-c", "strict.yaml", "--json");
        Assert.Equal(
            (1, "signature"), (strict.ExitCode, PartitionSides.JsonLine(strict).GetProperty("error").GetProperty("reason").GetString()));
        Assert.Empty(await sides.Target.RefsAsync());
        Assert.Equal(0, (await sides.ConsumeAsync()).ExitCode);

        await sides.AssertEqualAsync();
    }

    private static void AssertLines(CommandResult result, params string[] beginnings)
    {
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("error: ", lines[0][.."error: ".Length]);
        lines[0] = lines[0]["error: ".Length..];
        Assert.True(beginnings.Length == lines.Length, result.Error);
        Assert.All(beginnings.Zip(lines), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
    }

    private static async Task AssertRefusedAsync(MirrorProgram side, string command, string configuration, string words)
    {
        await side.WriteAsync("mirror.yaml", configuration);
        var result = await side.RunAsync(command);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: mirror.yaml:", result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-passphrase", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(side.PathOf("state")));
    }
}
