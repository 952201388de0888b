using System.Text;

namespace Mirror.Git.Tests.Refs;

public sealed class NameListTests
{
    [Fact]
    public void Gives_back_every_name_printable_and_cut()
    {
        byte[][] names =
        [
            .. Enumerable.Range(0, 5000)
                .Select(i => (byte[])[.. "refs/heads/"u8, 0xe9, .. Encoding.ASCII.GetBytes($"{i}"), .. new byte[i % 300]])
        ];
        var list = new NameList();
        foreach (var name in names)
        {
            list.Add(name);
        }

        Assert.Equal(names.Length, list.Count);
        Assert.Equal(
            names.Select(name => name.Length > 200 ? $"{Printable.Escaped(name.AsSpan(0, 200))}…" : Printable.Escaped(name)), list);
    }

    [Fact]
    public void Keeps_an_empty_name_too()
    {
        var list = new NameList();
        list.Add([]);
        list.Add("x"u8);

        Assert.Equal(["", "x"], list.ToArray());
    }
}
