using System.Text.RegularExpressions;

namespace Mirror.Mirroring.Tests;

public sealed partial class Documented_examples
{
    [Fact]
    public async Task Are_read_as_they_stand()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "configuration.md"));
        var examples = YamlBlock().Matches(page);
        Assert.Equal(3, examples.Count);
        foreach (Match example in examples)
        {
            Assert.NotEmpty(ConfigurationText.Read(
                example.Groups[1].Value, ("MIRROR_SOURCE_BASE_URL", "https://near.example"), ("MIRROR_DESTINATION_BASE_URL", "https://far.example")).Mirrors);
        }
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "Mirror.Functions.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }
        return directory.FullName;
    }

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex YamlBlock();
}
