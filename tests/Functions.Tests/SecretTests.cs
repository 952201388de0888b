using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Where a secret could end up: in what is printed, which every test of the halves looks through, and in what is written.</summary>
public sealed class SecretTests
{
    [Fact]
    public async Task Passwords_and_keys_are_in_nothing_that_is_printed_or_kept()
    {
        var sides = await PartitionSides.CreateAsync();
        var apache = await ApacheServer.SharedAsync();
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            side.Secrets.AddRange([ApacheServer.Password, Uri.EscapeDataString(ApacheServer.Password), "wrong-word"]);
            side.Environment["TOKEN"] = "wrong-word";
        }
        var credentials = $"credentials: [{{ match: \"http://127.0.0.1:{apache.Port}/\", username: {ApacheServer.Username}, password: env:TOKEN }}]\n";
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, apache.Url(sides.Source, Route.Auth), apache.Url(sides.Target, Route.Auth))}";
        await sides.Near.WriteAsync("mirror.yaml", $"{sides.Places}{sides.NearKeys}{credentials}{mirrors}");
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}{credentials}{mirrors}");

        Assert.Equal(1, (await sides.ProduceAsync("-v")).ExitCode);
        sides.Near.Environment["TOKEN"] = ApacheServer.Password;
        Assert.Equal(0, (await sides.ProduceAsync("-v")).ExitCode);
        Assert.Equal(1, (await sides.ConsumeAsync("-v")).ExitCode);
        Assert.Equal(1, (await sides.Far.RunAsync("status", "--json")).ExitCode);
        AssertNowhere(sides);
        sides.Far.Environment["TOKEN"] = ApacheServer.Password;
        Assert.Equal(0, (await sides.ConsumeAsync("-v", "--json")).ExitCode);

        AssertNowhere(sides);
        await sides.AssertEqualAsync();
    }

    private static void AssertNowhere(PartitionSides sides)
    {
        foreach (var folder in new[] { sides.Near.PathOf("state"), sides.Far.PathOf("state"), sides.Bucket }.Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var content = Encoding.Latin1.GetString(File.ReadAllBytes(file));
                Assert.All(sides.Far.Secrets, secret => Assert.DoesNotContain(secret, content, StringComparison.Ordinal));
            }
        }
    }
}
