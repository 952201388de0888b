using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Refs;

public class RefNameTests
{
    // The rules of git-check-ref-format(1) in their order, each broken and each nearly broken.
    private static readonly string[] Names =
    [
        "refs/heads/main", "refs/x", "refs", "refs/", "refs//", "refs//main", "refs/heads/", "refs/heads//main", "/refs/heads/main",
        "refs/heads/.main", "refs/.heads/main", "refs/heads/ma.in", "refs/heads/main.lock", "refs/heads.lock/main",
        "refs/heads/main.lock.x", "refs/heads/.lock", "refs/heads/lock", "refs/heads/a.loc", "refs/heads/a.LOCK",
        "refs/heads/a..b", "refs/heads/..", "refs/heads/a...b",
        "refs/heads/a.", "refs/heads/a./b", "refs/heads/a.b.", "refs/heads/.", "refs/heads/a b", "refs/heads/a~b", "refs/heads/a^b",
        "refs/heads/a:b", "refs/heads/a?b", "refs/heads/a*b", "refs/heads/*", "refs/heads/a[b", "refs/heads/a]b", "refs/heads/a\\b",
        "refs/heads/a\u007fb", "refs/heads/a\tb", "refs/heads/a\nb", "refs/heads/a\u0001b", "refs/heads/a\u001fb", "refs/heads/@",
        "refs/heads/a@", "refs/heads/a@{b", "refs/heads/@{", "refs/heads/a@b{c", "refs/heads/{", "refs/heads/}", "refs/heads/-a",
        "refs/heads/ä/ö", "refs/heads/\u0085", "refs/heads/😀", "refs/heads/a'b\"c$d!e&f;g|h<i>j(k)", "refs/heads/HEAD",
        "refs/heads/a,b=c%d#e+f", "refs/heads/refs/heads/x", "refs/heads/feature/with/many/parts/in/it",
    ];

    private static readonly string[] Pieces =
    [
        "a", "b", ".", ".", "/", "/", "@", "{", ".lock", "lock", "~", "^", ":", "?", "*", "*", "[", "\\", " ",
        "\u007f", "\u0002", "é", "-", "0",
    ];

    [Fact]
    public Task Names_are_judged_as_git_judges_them() => AgreeAsync("table", Names, [], name => RefName.TryParse(name, out _));

    [Fact]
    public Task Patterns_are_judged_as_git_judges_them() =>
        AgreeAsync("table", Names, ["--refspec-pattern"], IsPattern);

    [Theory]
    [InlineData(1)]
    [InlineData(20260131)]
    public async Task Random_names_are_judged_as_git_judges_them(int seed)
    {
        var random = new Random(seed);
        var names = Enumerable.Range(0, 200).Select(_ => $"refs/{Any(random)}").ToList();

        await AgreeAsync($"seed {seed}", names, [], name => RefName.TryParse(name, out _));
        await AgreeAsync($"seed {seed}", names, ["--refspec-pattern"], IsPattern);
    }

    private static bool IsPattern(string text) =>
        text.StartsWith("refs/", StringComparison.Ordinal) && RefName.IsWellFormed(text, asPattern: true);

    [Theory]
    [InlineData("HEAD")]
    [InlineData("main")]
    [InlineData("")]
    [InlineData("heads/main")]
    [InlineData("REFS/heads/main")]
    [InlineData("refs/heads/a\0b")]
    public void What_is_not_a_full_name_is_not_a_name(string name)
    {
        Assert.False(RefName.TryParse(name, out _));
        Assert.Throws<FormatException>(() => RefName.Parse(name));
    }

    [Fact]
    public void A_name_on_the_wire_that_is_not_utf_8_is_not_a_name()
    {
        Assert.False(RefName.TryParse([.. "refs/heads/"u8, 0xff], out _));
        Assert.False(RefName.TryParse([.. "refs/heads/"u8, 0xc0, 0xaf], out _));
        Assert.False(RefName.TryParse([.. "refs/heads/"u8, 0xed, 0xa0, 0x80], out _));
        Assert.True(RefName.TryParse("refs/heads/ä"u8, out var name));
        Assert.Equal("refs/heads/ä", name.Value);
    }

    [Theory]
    [InlineData("refs/heads/a", "refs/heads/a/b", true)]
    [InlineData("refs/heads/a/b/c", "refs/heads/a", true)]
    [InlineData("refs/heads/a", "refs/heads/ab", false)]
    [InlineData("refs/heads/a", "refs/heads/a", false)]
    [InlineData("refs/heads/a-b", "refs/heads/a/b", false)]
    [InlineData("refs/heads/a", "refs/heads/A/b", false)]
    public void A_name_and_a_folder_cannot_be_the_same(string left, string right, bool conflict)
    {
        Assert.Equal(conflict, RefName.Parse(left).ConflictsWith(RefName.Parse(right)));
        Assert.Equal(conflict, RefName.Parse(right).ConflictsWith(RefName.Parse(left)));
    }

    [Theory]
    [InlineData("refs/heads/a/b", "a/b")]
    [InlineData("refs/tags/v1", "v1")]
    [InlineData("refs/notes/commits", "refs/notes/commits")]
    public void People_say_it_shorter(string name, string familiar) => Assert.Equal(familiar, RefName.Parse(name).Familiar);

    [Fact]
    public void Names_sort_by_their_characters_and_not_by_a_language()
    {
        string[] names = ["refs/heads/b", "refs/heads/B", "refs/heads/a-b", "refs/heads/a/b", "refs/heads/ä", "refs/heads/a"];

        Assert.Equal(
            ["refs/heads/B", "refs/heads/a", "refs/heads/a-b", "refs/heads/a/b", "refs/heads/b", "refs/heads/ä"],
            names.Select(RefName.Parse).Order().Select(name => name.Value));
    }

    [Fact]
    public void Names_sort_as_utf_16_does_whatever_their_bytes()
    {
        string[] pieces = ["a", "z", "/b", "é", "\u07ff", "\u0800", "\ud7ff", "\ue000", "\uf8ff", "\uffff", "😀", "\udbff\udfff"];
        var names = pieces.SelectMany(_ => pieces, (left, right) => $"refs/x{left}{right}").ToArray();

        Assert.Equal(names.Order(StringComparer.Ordinal), names.Select(RefName.Parse).Order().Select(name => name.Value));
    }

    [Fact]
    public void Half_of_a_pair_of_surrogates_is_not_a_name() => Assert.False(RefName.TryParse("refs/heads/\ud83d", out _));

    [Fact]
    public void Equal_names_are_equal_wherever_their_bytes_lie()
    {
        RefList list =
            [new(RefName.Parse("refs/heads/a"), ObjectFormat.Sha1.Null), new(RefName.Parse("refs/heads/b"), ObjectFormat.Sha1.Null)];

        Assert.Equal(RefName.Parse("refs/heads/b"), list[1].Name);
        Assert.Equal(RefName.Parse("refs/heads/b").GetHashCode(), list[1].Name.GetHashCode());
        Assert.NotEqual(list[0].Name, list[1].Name);
        Assert.Equal("", default(RefName).Value);
    }

    private static string Any(Random random)
    {
        var name = new StringBuilder();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            name.Append(Pieces[random.Next(Pieces.Length)]);
        }
        return name.ToString();
    }

    /// <summary>Asks git about all names in one shell: it takes one at a time.</summary>
    private static async Task AgreeAsync(string origin, IReadOnlyList<string> names, string[] options, Func<string, bool> judge)
    {
        const string askAll = """options=$1; shift; for name; do git check-ref-format $options "$name" && echo y || echo n; done""";
        var output = await new Command("sh", ["-c", askAll, "sh", string.Join(' ', options), .. names]).RunAsync();
        var verdicts = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line == "y");

        // git takes a name from anywhere; here all of them are below refs/.
        var expected = names.Zip(verdicts, (name, verdict) => (name, verdict && name.StartsWith("refs/", StringComparison.Ordinal)));
        var wrong = expected.Where(pair => judge(pair.name) != pair.Item2)
            .Select(pair => $"{pair.name} is {(pair.Item2 ? "legal" : "illegal")}");
        Assert.True(!wrong.Any(), $"{origin}: {string.Join(", ", wrong)}");
    }
}
