using Mirror.Functions.Configurations;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

public sealed class CompositionTests
{
    [Theory]
    [InlineData("", 6)]
    [InlineData("defaults: { deadline: 2h }", 2)]
    [InlineData("defaults: { deadline: 7h }", 7)]
    [InlineData("mirrors: [{ source: /a, destination: /b, deadline: 9h }, { source: /c, destination: /d, deadline: 8h }]", 9)]
    public async Task A_source_may_prepare_its_pack_for_as_long_as_the_longest_run_may_take(string text, int hours)
    {
        var file = Path.Combine(Scratch.NewFolder("work"), "mirror.yaml");
        await File.WriteAllTextAsync(
            file, text.Contains("mirrors", StringComparison.Ordinal) ? text : $"{text}\nmirrors: [{{ source: /a, destination: /b }}]\n");
        using var composition =
            await Composition.OpenAsync(new FilePlace(file, ConfigurationNeeds.None), new SecretReader(_ => null), CancellationToken.None);

        Assert.Equal(TimeSpan.FromHours(hours), composition.Remotes.Preparation);
    }

    /// <summary>Of a base URL in the environment, whatever else is wrong, and also where no mirror is made of it yet.</summary>
    [Theory]
    [InlineData("mirrors: []\naccept: [ce/*]\nstore: ./bucket\nstate: ./state\n", true)]
    [InlineData("mirrors: [{ source: /a, destination: b/c }]\n", true)]
    [InlineData("nonsense: 1\n", false)]
    public async Task A_credential_is_redacted_from_when_its_text_is_read(string text, bool isGood)
    {
        var file = Path.Combine(Scratch.NewFolder("configuration"), "mirror.yaml");
        await File.WriteAllTextAsync(file, text);
        var secrets = new SecretReader(name => name == "MIRROR_DESTINATION_BASE_URL" ? "https://sh0rt@git.example/" : null);

        var opening = Composition.OpenAsync(new FilePlace(file), secrets, CancellationToken.None);

        if (isGood)
        {
            (await opening).Dispose();
        }
        else
        {
            await Assert.ThrowsAsync<UsageException>(() => opening);
        }
        Assert.True(secrets.HoldsSecret("remote: sh0rt is not allowed"));
    }

    [Fact]
    public void Without_a_configuration_it_is_the_built_in_deadline()
    {
        using var composition = Composition.WithoutConfiguration(new SecretReader(_ => null));

        Assert.Equal(MirrorDefaults.BuiltIn.Deadline, composition.Remotes.Preparation);
    }
}
