using System.Text;
using Mirror.Storage.Directories;

namespace Mirror.Storage.Tests;

public sealed class BrokenNameTests
{
    private static readonly string[] Pieces = ["a", "~", "~", "/", ".", "ä", "日", "😀", "kkkkkkkkkkkkkkkkkkkk", "~~~~~~~~~~~~~~~~~~~~~~~~~"];

    [Theory]
    [InlineData(1)]
    [InlineData(20260131)]
    public void Any_key_comes_back_from_its_path(int seed)
    {
        var random = new Random(seed);
        var paths = new Dictionary<string, string>();
        for (var i = 0; i < 20_000; i++)
        {
            var key = string.Concat(Enumerable.Range(0, random.Next(1, 60)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            if (StoreKey.Fault(key) is not null)
            {
                continue;
            }
            var path = SplitName.ToPath(key);
            Assert.True(SplitName.TryToKey(path) == key, $"seed {seed}: {key}");
            Assert.True(paths.TryAdd(path, key) || paths[path] == key, $"seed {seed}: {key}");
            Assert.True(path.Split('/').All(name => Encoding.UTF8.GetByteCount(name) is > 0 and <= 201), $"seed {seed}: {key}");
            Assert.True(path.Split('/').All(name => name is not ("." or "..")), $"seed {seed}: {key}");
            Assert.True(path.Split('/')[..^1].All(SplitName.IsFolder), $"seed {seed}: {key}");
        }
        Assert.True(paths.Count > 1_000, $"seed {seed}: {paths.Count}");
    }

    [Theory]
    [InlineData("a~/b")]
    [InlineData("~/b")]
    [InlineData("a~")]
    [InlineData(".mirror~/lock")]
    [InlineData(".mirror~/uploads/0123")]
    [InlineData("a\\b")]
    public void What_no_key_leads_to_is_no_object(string path) => Assert.Null(SplitName.TryToKey(path));
}
