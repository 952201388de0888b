using Mirror.Git.Tests.Protocol;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Packs;

public class PackHeaderTests
{
    [Theory]
    [InlineData("PACK\0\0\0\u0002\0\0\0\0", 0u)]
    [InlineData("PACK\0\0\0\u0002\0\0\u0001\u0002", 258u)]
    [InlineData("PACK\0\0\0\u0003\0\0\0\u0001", 1u)]
    [InlineData("PACK\0\0\0\u0002\u00ff\u00ff\u00ff\u00ff", uint.MaxValue)]
    [InlineData("PACK\0\0\0\u0002\0\0\0\u0001and what follows", 1u)]
    public void A_pack_says_how_many_objects_it_has(string bytes, uint count)
    {
        Assert.True(PackHeader.TryRead(Wire.Bytes(bytes), out var read));
        Assert.Equal(count, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PACK")]
    [InlineData("PACK\0\0\0\u0002\0\0\0")]
    [InlineData("pack\0\0\0\u0002\0\0\0\0")]
    [InlineData("PACK\0\0\0\u0001\0\0\0\0")]
    [InlineData("PACK\0\0\0\u0004\0\0\0\0")]
    [InlineData("PACK\u0002\0\0\0\0\0\0\0")]
    [InlineData("\u00fftOc\0\0\0\u0002\0\0\0\0")]
    public void Other_bytes_are_no_pack(string bytes) => Assert.False(PackHeader.TryRead(Wire.Bytes(bytes), out _));

    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task An_empty_pack_is_the_one_that_git_makes(string format)
    {
        var repository = await GitRepository.CreateAsync(objectFormat: format);
        var made = await new Command("git", "pack-objects", "--stdout", "-q") { Directory = repository.Path }.TryRunAsync();

        var pack = EmptyPack.Of(format == "sha256" ? ObjectFormat.Sha256 : ObjectFormat.Sha1);

        Assert.Equal(made.Bytes, pack);
        Assert.True(PackHeader.TryRead(pack, out var count) && count == 0);
    }
}
