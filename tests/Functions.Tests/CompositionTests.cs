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

    [Fact]
    public void Without_a_configuration_it_is_the_built_in_deadline()
    {
        using var composition = Composition.WithoutConfiguration(new SecretReader(_ => null));

        Assert.Equal(MirrorDefaults.BuiltIn.Deadline, composition.Remotes.Preparation);
    }
}
