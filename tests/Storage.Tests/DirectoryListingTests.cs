using System.Runtime.Versioning;
using Mirror.Storage.Directories;
using Mirror.Storage.Drivers;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>How much of a directory one listing takes.</summary>
[SupportedOSPlatform("linux")]
public sealed class DirectoryListingTests
{
    private readonly string _path = Scratch.NewFolder("store");

    private volatile int _mostOpen;

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Fact]
    public async Task More_objects_than_the_limit_are_not_listed()
    {
        Make("a", "b", "c/d");
        Assert.Equal(["a", "b", "c/d"], await KeysAsync(new ListingLimits(TimeProvider.System) { MaxObjects = 3 }));

        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => KeysAsync(new ListingLimits(TimeProvider.System) { MaxObjects = 2 }));

        Assert.Equal("more than 2 objects are listed: give the store a bucket or a prefix of its own", failure.Message);
    }

    [Fact]
    public async Task Longer_keys_than_the_limit_are_not_listed()
    {
        Make("aaaa", "bbbb", "cccc/d");
        // The name of a folder is held, too.
        Assert.Equal(3, (await KeysAsync(new ListingLimits(TimeProvider.System) { MaxKeysSize = 18 })).Count);

        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => KeysAsync(new ListingLimits(TimeProvider.System) { MaxKeysSize = 17 }));

        Assert.Equal("the listed keys have more than 17 characters: give the store a bucket or a prefix of its own", failure.Message);
    }

    [Fact]
    public async Task What_is_no_object_counts_as_well()
    {
        Make("a", "1~", "2~", "3~", "short~/4");
        Assert.Equal(["a"], await KeysAsync(new ListingLimits(TimeProvider.System) { MaxEntries = 5 }));

        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => KeysAsync(new ListingLimits(TimeProvider.System) { MaxEntries = 4 }));

        Assert.Equal("there are more than 4 files and folders: give the store a directory of its own", failure.Message);
    }

    /// <summary>Each folder has two more in it, so that each has one left while the walk goes on below it.</summary>
    [Fact]
    public async Task A_deep_walk_holds_few_folders_open()
    {
        await new Command("perl", "-e",
            "chdir $ARGV[0]; for (1..400) { mkdir 'a'; mkdir 'b'; for $f ('a', 'b') { open(F, '>', \"$f/f\"); close F }"
            + " chdir($_ % 2 ? 'a' : 'b') }"
            + " for (1..5000) { open(F, '>', \"x$_\"); close F }",
            _path).RunAsync();
        using var done = new CancellationTokenSource();
        var watch = Task.Factory.StartNew(() => Watch(done.Token), Late, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        List<string> keys;
        do
        {
            keys = await KeysAsync(new ListingLimits(TimeProvider.System));
        }
        while (_mostOpen == 0);

        await done.CancelAsync();
        await watch;
        Assert.Equal(2 * 400 + 5_000, keys.Count);
        // One more is being entered and read, and two are open while one is opened anew.
        Assert.InRange(_mostOpen, 1, DirectoryListing.MaxOpenFolders + 4);
    }

    private void Watch(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            _mostOpen = Math.Max(_mostOpen, Directory.GetFileSystemEntries("/proc/self/fd").Count(IsOurs));
        }
    }

    private bool IsOurs(string handle)
    {
        try
        {
            return new FileInfo(handle).LinkTarget?.StartsWith(_path, StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return false;
        }
    }

    private void Make(params string[] names)
    {
        foreach (var path in names.Select(name => Path.Combine(_path, name)))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }
    }

    private async Task<List<string>> KeysAsync(ListingLimits limits) =>
        await DirectoryListing.ReadAsync(_path, "", limits, Late).Select(found => found.Key).ToListAsync(Late);
}
