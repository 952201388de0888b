using System.Text;

namespace Mirror.Mirroring.Tests;

/// <summary>Whatever the bytes are, a file is read or refused; nothing else happens.</summary>
public sealed class Damaged_files
{
    private static readonly byte[] Full = Encoding.UTF8.GetBytes(ConfigurationText.Full);

    [Fact]
    public void Every_prefix_is_read_or_refused()
    {
        for (var size = 0; size <= Full.Length; size++)
        {
            ReadOrRefuse(Full[..size], $"prefix of {size} bytes");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260131)]
    public void Flipped_bytes_are_read_or_refused(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 700; round++)
        {
            var bytes = (byte[])Full.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            ReadOrRefuse(bytes, $"seed {seed}, round {round}");
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(20260201)]
    public void Yaml_s_own_characters_in_wrong_places_are_read_or_refused(int seed)
    {
        string[] pieces =
        [
            "\n", "  ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "\\u12", "\\xZZ", "\\UFFFFFFFF", "|\n", ">-\n", "&a ", "*a", "!", "!<",
            "!!a ", "%", "%YAML 9.9\n", "---\n", "...\n", "? ", ", ", "#", "\t", "\r", "<<: ", "~", "@", "`", "é", "\u2028",
        ];
        var random = new Random(seed);
        for (var round = 0; round < 700; round++)
        {
            var text = ConfigurationText.Full;
            for (var inserts = random.Next(1, 4); inserts > 0; inserts--)
            {
                text = text.Insert(random.Next(text.Length), pieces[random.Next(pieces.Length)]);
            }
            ReadOrRefuse(Encoding.UTF8.GetBytes(text), $"seed {seed}, round {round}");
        }
    }

    private static void ReadOrRefuse(byte[] bytes, string what)
    {
        try
        {
            ConfigurationFile.Parse(bytes, ConfigurationText.Path, environment: null);
        }
        catch (ConfigurationException exception)
        {
            Assert.NotEmpty(exception.Errors);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{what}: {exception}");
        }
    }
}
