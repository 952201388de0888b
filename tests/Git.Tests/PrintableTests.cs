using System.Text;
using System.Text.Json;

namespace Mirror.Git.Tests;

/// <summary>What is printed does not steer, does not write lines, and is in the order in which it is read.</summary>
public class PrintableTests
{
    /// <summary>Unicode's line ends and bidirectional controls, by their names in the standard.</summary>
    public static TheoryData<string, char, char> Named => new()
    {
        { "NUL to US", '\0', '\u001f' },
        { "DEL and C1, with NEL and CSI", '\u007f', '\u009f' },
        { "ALM", '\u061c', '\u061c' },
        { "LRM and RLM", '\u200e', '\u200f' },
        { "LINE and PARAGRAPH SEPARATOR", '\u2028', '\u2029' },
        { "LRE, RLE, PDF, LRO, RLO", '\u202a', '\u202e' },
        { "LRI, RLI, FSI, PDI, and deprecated format characters", '\u2066', '\u206f' },
        { "INTERLINEAR ANNOTATION", '\ufff9', '\ufffb' },
    };

    [Theory]
    [MemberData(nameof(Named))]
    public void No_such_character_is_printed(string name, char first, char last)
    {
        for (int c = first; c <= last; c++)
        {
            var text = $"a{(char)c}b";
            foreach (var printed in (string[])[Printable.Text(text), Printable.Line(text), Printable.Text(Encoding.UTF8.GetBytes(text))])
            {
                Assert.True(!printed.Contains((char)c, StringComparison.Ordinal), $"{name}: U+{c:X4} is in '{printed}'");
                Assert.True(printed is "ab" or "a b" or "a | b" or "a\ufffdb", $"{name}: U+{c:X4} becomes '{printed}'");
            }
            Assert.Equal(c == '\n' ? text : Printable.Text(text), Printable.Lines(text));
        }
    }

    [Fact]
    public void All_other_characters_stay_as_they_are()
    {
        for (var c = 0; c <= char.MaxValue; c++)
        {
            var text = $"a{(char)c}b";
            if (!Named.Any(row => c >= (char)row[1] && c <= (char)row[2]))
            {
                Assert.Equal((text, text, text), (Printable.Text(text), Printable.Line(text), Printable.Json(text)));
            }
        }
    }

    [Theory]
    [InlineData("one\ntwo\r\n\n  three\n", "one | two | three")]
    [InlineData("  next: a\u2028b", "  next: a | b")]
    [InlineData("a\u0001\n\u0001", "a")]
    [InlineData("\n", "")]
    [InlineData("a\tb", "a b")]
    public void Lines_become_one(string text, string line) => Assert.Equal(line, Printable.Line(text));

    [Fact]
    public void Json_says_the_same_after_it()
    {
        var text = string.Concat(Enumerable.Range(0x20, 0xd7ff - 0x20).Select(c => (char)c).Where(c => c is not ('"' or '\\')));
        var json = Printable.Json($"{{\"a\":\"{text}\"}}");

        Assert.Equal(text, JsonDocument.Parse(json).RootElement.GetProperty("a").GetString());
        Assert.Equal(json, Printable.Text(json));
    }
}
