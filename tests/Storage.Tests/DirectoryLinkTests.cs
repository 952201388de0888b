using System.Net.Sockets;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What somebody who may write into a directory store puts there to reach what is outside of it, or to stop its readers.
/// </summary>
public sealed class DirectoryLinkTests
{
    private const string OwnUpload = "0123456789abcdef0123456789abcdef";

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    private readonly string _path = Scratch.NewFolder("store");
    private readonly string _outside = Scratch.NewFolder("outside");
    private readonly string _long = new('k', 200);
    private readonly CancellationToken _late = new CancellationTokenSource(Deadline).Token;
    private readonly ObjectStore _store;

    public DirectoryLinkTests()
    {
        _store = ObjectStore.OpenDirectory(_path, TimeProvider.System);
        // By name and age, what a killed writer left.
        MakeOld(Path.Combine(_outside, OwnUpload));
        MakeOld(Path.Combine(_outside, "uploads", OwnUpload));
        MakeOld(Path.Combine(_outside, "secret"));
    }

    [Theory]
    [InlineData(".mirror~")]
    [InlineData(".mirror~/uploads")]
    public async Task Refuses_a_link_in_place_of_its_own_folders(string name)
    {
        Link(name, _outside);

        var failure = await FailsAsync(() => PutAsync("a"));

        Assert.EndsWith(
            $"'{Path.GetFileName(name)}' is a symbolic link, and a store follows none: remove it, and a folder is made in its place",
            failure.Message, StringComparison.Ordinal);
        AssertUntouched();
        await FailsAsync(() => _store.TryLeaseAsync("a", TimeSpan.FromMinutes(1), _late));
        AssertUntouched();
        Assert.Empty(await KeysAsync());
    }

    [Theory]
    [InlineData("secret")]
    [InlineData("made")]
    public async Task Refuses_a_link_in_place_of_its_lock(string target)
    {
        Link(".mirror~/lock", Path.Combine(_outside, target));

        var failure = await FailsAsync(() => PutAsync("a"));

        Assert.EndsWith("'lock' is a symbolic link, and a store follows none: remove it, and a file is made in its place",
            failure.Message, StringComparison.Ordinal);
        AssertUntouched();
    }

    [Fact]
    public async Task Refuses_a_link_in_place_of_its_leases()
    {
        await PutAsync("a");
        Link(".mirror~/lease", _outside);

        await FailsAsync(() => _store.TryLeaseAsync("a", TimeSpan.FromMinutes(1), _late));

        AssertUntouched();
    }

    [Theory]
    [InlineData("mkdir")]
    [InlineData("mkfifo")]
    public async Task Refuses_what_is_no_file_in_place_of_its_lock(string make)
    {
        Directory.CreateDirectory(Path.Combine(_path, ".mirror~"));
        await new Command(make, Path.Combine(_path, ".mirror~", "lock")).RunAsync();

        var failure = await FailsAsync(() => PutAsync("a"));

        Assert.EndsWith("'lock' is no file: remove it, and a file is made in its place", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deletes_only_files_whose_names_are_of_its_own_form()
    {
        var uploads = Path.Combine(_path, ".mirror~", "uploads");
        foreach (var name in new[] { "notes.txt", $"{OwnUpload}0", OwnUpload.ToUpperInvariant(), $"folder/{OwnUpload}" })
        {
            MakeOld(Path.Combine(uploads, name));
        }
        MakeOld(Path.Combine(uploads, OwnUpload));
        Link($".mirror~/uploads/{OwnUpload.Replace('0', '1')}", Path.Combine(_outside, "secret"));
        Directory.CreateDirectory(Path.Combine(uploads, OwnUpload.Replace('0', '2')));
        var kept = Directory.GetFileSystemEntries(uploads, "*", SearchOption.AllDirectories).Order()
            .Except([Path.Combine(uploads, OwnUpload)]);

        await PutAsync("a");

        Assert.Equal(kept, Directory.GetFileSystemEntries(uploads, "*", SearchOption.AllDirectories).Order());
        AssertUntouched();
    }

    [Fact]
    public async Task Follows_no_link_in_place_of_a_folder_of_a_long_name()
    {
        var key = $"p/{_long}rest";
        Link($"p/{_long}~", _outside);
        File.WriteAllText(Path.Combine(_outside, "rest"), "secret");

        Assert.Null(await _store.TryStatAsync(key, _late));
        Assert.Null(await _store.TryReadAsync(key, 100, _late));
        Assert.False(await _store.DeleteAsync(key, _late));
        Assert.Empty(await KeysAsync());
        var failure = await FailsAsync(() => PutAsync(key));

        Assert.Contains("is a symbolic link, and a store follows none: remove it, or choose another name", failure.Message,
            StringComparison.Ordinal);
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_outside, "rest")));
        File.Delete(Path.Combine(_outside, "rest"));
        AssertUntouched();
    }

    [Fact]
    public async Task The_root_itself_may_be_a_link()
    {
        var link = Path.Combine(Scratch.NewFolder("named"), "link");
        Directory.CreateSymbolicLink(link, _path);
        var store = ObjectStore.OpenDirectory(link, TimeProvider.System);

        await store.PutAsync("a/b", "1"u8.ToArray(), WriteCondition.None, _late);

        Assert.Equal(["a/b"], await KeysAsync());
        Assert.True(await store.DeleteAsync("a/b", _late));
    }

    /// <summary>Who checks a path and opens it then is outrun: a folder becomes a link, and a folder again.</summary>
    [Fact]
    public async Task A_folder_that_becomes_a_link_at_any_moment_leads_nowhere()
    {
        using var done = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            for (var turn = 0; !done.IsCancellationRequested; turn++)
            {
                IfItCan(() => Directory.Move(Path.Combine(_path, "a"), Path.Combine(_path, $"{turn}~")));
                IfItCan(() => Directory.CreateSymbolicLink(Path.Combine(_path, "a"), _outside));
                IfItCan(() => File.Delete(Path.Combine(_path, "a")));
            }
        });
        for (var round = 0; round < 300; round++)
        {
            await IgnoreAsync(() => _store.PutAsync("a/made", "1"u8.ToArray(), WriteCondition.None, _late));
            await IgnoreAsync(async () => Assert.Null(await _store.TryReadAsync("a/secret", 100, _late)));
            await IgnoreAsync(async () => Assert.False(await _store.DeleteAsync("a/secret", _late)));
            await IgnoreAsync(async () => Assert.DoesNotContain("a/secret", await KeysAsync()));
        }
        await done.CancelAsync();
        await swapping;

        AssertUntouched();
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("socket")]
    public async Task What_is_no_file_is_not_in_the_store_and_holds_nobody_up(string kind)
    {
        await MakeAsync(kind, Path.Combine(_path, "a"));
        await AssertIsNotInTheStoreAsync();
    }

    [DeviceFact]
    public async Task A_device_is_not_in_the_store_and_holds_nobody_up()
    {
        // It reads as zeros without an end.
        await new Command("mknod", Path.Combine(_path, "a"), "c", "1", "5").RunAsync();
        await AssertIsNotInTheStoreAsync();
    }

    private async Task AssertIsNotInTheStoreAsync()
    {
        Assert.Null(await _store.TryStatAsync("a", _late));
        Assert.Null(await _store.TryReadAsync("a", 100, _late));
        Assert.False(await _store.DeleteAsync("a", _late));
        Assert.Empty(await KeysAsync());
        Assert.Null(await _store.TryReadAsync("a/b", 100, _late));
        await FailsAsync(() => PutAsync("a/b"));

        await _store.PutAsync("a", "1"u8.ToArray(), WriteCondition.IfAbsent, _late);

        Assert.Equal(["a"], await KeysAsync());
    }

    [Theory]
    [InlineData("d")]
    [InlineData("~")]
    [InlineData("d~")]
    public async Task Folders_too_deep_for_any_key_are_passed_over(string name)
    {
        await PutAsync("b/c");
        await new Command("perl", "-e", "chdir $ARGV[0]; for (1..3000) { mkdir $ARGV[1]; chdir $ARGV[1] }", _path, name).RunAsync();

        Assert.Equal(["b/c"], await KeysAsync());
        Assert.Equal(["b/c"], await KeysAsync("b"));
        Assert.Empty(await KeysAsync("d"));
    }

    private static async Task MakeAsync(string kind, string path)
    {
        if (kind == "fifo")
        {
            await new Command("mkfifo", path).RunAsync();
            return;
        }
        // The name of a socket is short.
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var made = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        socket.Bind(new UnixDomainSocketEndPoint(made));
        await new Command("mv", made, path).RunAsync();
    }

    private static void IfItCan(Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The store has made or removed the folder meanwhile.
        }
    }

    private void Link(string name, string target)
    {
        var path = Path.Combine(_path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    private static void MakeOld(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "secret");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddDays(-3));
    }

    private void AssertUntouched()
    {
        Assert.Equal(
            new[] { OwnUpload, "secret", "uploads", $"uploads/{OwnUpload}" }.Select(name => Path.Combine(_outside, name)),
            Directory.GetFileSystemEntries(_outside, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_outside, "secret")));
    }

    private Task<string> PutAsync(string key) => _store.PutAsync(key, "1"u8.ToArray(), WriteCondition.None, _late);

    private static async Task IgnoreAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (StorageException)
        {
            // Whether it worked depends on the moment.
        }
    }

    private static async Task<StorageException> FailsAsync(Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(action);
        Assert.Equal(StorageFailure.Invalid, failure.Failure);
        return failure;
    }

    private async Task<List<string>> KeysAsync(string prefix = "")
    {
        var keys = new List<string>();
        await foreach (var found in _store.ListAsync(prefix, _late))
        {
            keys.Add(found.Key);
        }
        return keys;
    }
}
