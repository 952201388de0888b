using System.Text;
using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests;

/// <summary>What README.md and docs/ show is read as it stands.</summary>
public sealed class Documented_examples
{
    private static readonly (string Name, string Value)[] Environment =
        [("MIRROR_SOURCE_BASE_URL", "https://near.example"), ("MIRROR_DESTINATION_BASE_URL", "https://far.example")];

    // A few blocks show a part of a file: without mirrors, they are read with one.
    private const string Mirror = "mirrors: [{ source: https://near.example/a/b.git, destination: https://far.example/a/b.git }]\n";

    public static TheoryData<string> Configurations => Of("yaml");

    public static TheoryData<string> Values => Of("json");

    public static TheoryData<string> Scripts => Of("sh");

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_configuration_is_read(string place)
    {
        var yaml = At(place);
        var whole = yaml.StartsWith('-')
            || yaml.Contains("mirrors:", StringComparison.Ordinal) || yaml.Contains("accept:", StringComparison.Ordinal);

        Assert.NotNull(ConfigurationText.Read(whole ? yaml : yaml + Mirror, Environment));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Every_json_is_json(string place)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(At(place)), new JsonReaderOptions { AllowMultipleValues = true });

        while (reader.Read())
        {
        }
        Assert.Equal(0, reader.CurrentDepth);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Every_script_is_one(string place) => await new Command("sh", "-n", "-c", At(place)).RunAsync();

    [Fact]
    public void Every_block_of_yaml_json_and_shell_is_found()
    {
        var fences = Documents.Pages.SelectMany(page => Documents.Read(page).Split('\n'))
            .Count(line => line.TrimStart().StartsWith("```", StringComparison.Ordinal));

        Assert.Equal(fences, 2 * Documents.Blocks().Count());
        Assert.All(Documents.Blocks(), block => Assert.Contains(block.Language, (string[])["", "sh", "yaml", "json", "kusto"]));
    }

    private static TheoryData<string> Of(string language) =>
        [.. Documents.Blocks().Where(block => block.Language == language).Select(block => block.ToString())];

    private static string At(string place) => Documents.Blocks().Single(block => block.ToString() == place).Text;
}
