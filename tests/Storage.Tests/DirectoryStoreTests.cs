using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Mirror.Storage.Directories;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

public sealed class DirectoryStoreTests : StoreContract
{
    private readonly string _path = Path.Combine(Scratch.NewFolder("store"), "not", "there", "yet");

    private string Own => Path.Combine(_path, ".mirror~");

    protected override ObjectStore Open() => ObjectStore.OpenDirectory(_path, TimeProvider.System);

    protected override Task FillAsync(string folder, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var place = Directory.CreateDirectory(Path.Combine(_path, folder, $"{i / 1000}"));
            File.WriteAllBytes(Path.Combine(place.FullName, $"{i:000000}"), []);
        }
        return Task.CompletedTask;
    }

    [Fact]
    public async Task The_directory_is_made_at_the_first_write()
    {
        var store = Open();
        Assert.Empty(await ListAsync(store));
        Assert.False(Directory.Exists(_path));

        await PutAsync(store, "a/b", "content");

        Assert.Equal("content", await File.ReadAllTextAsync(Path.Combine(_path, "a", "b")));
        Assert.Equal(_path, store.Name);
    }

    [Fact]
    public async Task A_long_name_is_broken_into_folders_of_200_bytes()
    {
        var store = Open();
        await PutAsync(store, $"p/{new string('k', 450)}/x", "1");
        await PutAsync(store, new string('k', 200), "2");
        await PutAsync(store, new string('k', 201), "3");
        await PutAsync(store, string.Concat(Enumerable.Repeat("日", 67)), "4");

        var k200 = new string('k', 200);
        Assert.True(File.Exists($"{_path}/p/{k200}~/{k200}~/{new string('k', 50)}/x"));
        Assert.True(File.Exists($"{_path}/{k200}") && File.Exists($"{_path}/{k200}~/k"));
        // A character is not torn apart.
        Assert.True(File.Exists($"{_path}/{string.Concat(Enumerable.Repeat("日", 66))}~/日"));
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_long_name_is_not_broken_before_its_last_dots(string dots)
    {
        var (store, name) = (Open(), $"p/{new string('k', 200)}{dots}");
        await PutAsync(store, name, "1");
        await PutAsync(store, $"{name}~x/x", "2");

        Assert.Equal("1"u8.ToArray(), await ReadAsync(store, name));
        Assert.Equal([name, $"{name}~x/x"], await KeysAsync(store));
    }

    [Fact]
    public async Task Only_the_owner_can_read_it()
    {
        await PutAsync(Open(), "a/b", "secret");

        var modes = await new Command("find", _path, "-printf", "%y%m\n").RunAsync();

        Assert.Equal(["d700", "f600"], modes.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order());
    }

    [Fact]
    public async Task Junk_is_not_listed_and_breaks_nothing()
    {
        var store = Open();
        await PutAsync(store, "a/b", "1");
        var outside = Scratch.NewFolder("outside");
        await File.WriteAllTextAsync($"{outside}/secret", "secret");
        Directory.CreateDirectory($"{_path}/empty");
        Directory.CreateDirectory($"{_path}/short~");
        foreach (var name in new[] { "backup~", "short~/a", "new\nline", "back\\slash", new string('x', 250) })
        {
            await File.WriteAllTextAsync($"{_path}/{name}", "");
        }
        File.CreateSymbolicLink($"{_path}/link", $"{outside}/secret");
        File.CreateSymbolicLink($"{_path}/nowhere", $"{outside}/none");
        Directory.CreateSymbolicLink($"{_path}/folder", outside);
        Directory.CreateSymbolicLink($"{_path}/loop", _path);
        await new Command("sh", "-c", $"touch '{_path}'/$(printf '\\377\\376')").RunAsync();

        Assert.Equal(["a/b"], await KeysAsync(store));
    }

    [Theory]
    [InlineData("link")]
    [InlineData("folder/secret")]
    [InlineData("folder/deep/secret")]
    public async Task What_a_symbolic_link_leads_to_is_not_in_the_store(string key)
    {
        var (store, outside) = (Open(), Scratch.NewFolder("outside"));
        Directory.CreateDirectory($"{outside}/deep");
        Directory.CreateDirectory(_path);
        await File.WriteAllTextAsync($"{outside}/secret", "secret");
        await File.WriteAllTextAsync($"{outside}/deep/secret", "secret");
        File.CreateSymbolicLink($"{_path}/link", $"{outside}/secret");
        Directory.CreateSymbolicLink($"{_path}/folder", outside);

        Assert.Null(await store.TryStatAsync(key, Late));
        Assert.Null(await store.TryReadAsync(key, 100, Late));
        Assert.False(await store.DeleteAsync(key, Late));
        Assert.Empty(await KeysAsync(store, "folder/"));
        if (key == "link")
        {
            await PutAsync(store, key, "changed");
        }
        else
        {
            await FailsAsync(StorageFailure.Invalid, () => PutAsync(store, key, "changed"));
        }
        Assert.Equal("secret", await File.ReadAllTextAsync($"{outside}/secret"));
        Assert.Equal("secret", await File.ReadAllTextAsync($"{outside}/deep/secret"));
    }

    [Fact]
    public async Task A_key_cannot_be_beside_a_key_below_it()
    {
        var store = Open();
        await PutAsync(store, "a", "1");
        await PutAsync(store, "b/c/d", "2");

        var below = await FailsAsync(StorageFailure.Invalid, () => PutAsync(store, "a/b/c", "3"));
        var above = await FailsAsync(StorageFailure.Invalid, () => PutAsync(store, "b/c", "4"));

        Assert.EndsWith("write 'a/b/c': an object has the name of a folder that it needs", below.Message, StringComparison.Ordinal);
        Assert.EndsWith("write 'b/c': a folder of other objects has its name", above.Message, StringComparison.Ordinal);
        Assert.Null(await store.TryStatAsync("b/c", Late));
        Assert.Null(await store.TryStatAsync("a/b", Late));
        Assert.Equal(["a", "b/c/d"], await KeysAsync(store));
        // Deleting leaves no folder in the way.
        await store.DeleteAsync("a", Late);
        await store.DeleteAsync("b/c/d", Late);
        await PutAsync(store, "a/b/c", "3");
        await PutAsync(store, "b/c", "4");
    }

    [Fact]
    public async Task Deleting_leaves_no_empty_folders_behind()
    {
        var store = Open();
        var key = $"a/b/{new string('k', 500)}";
        await PutAsync(store, key, "1");
        await PutAsync(store, "a/c", "2");

        await store.DeleteAsync(key, Late);

        Assert.Equal([$"{_path}/.mirror~", $"{_path}/a"], Directory.GetDirectories(_path).Order());
        Assert.Empty(Directory.GetDirectories($"{_path}/a"));
    }

    [Fact]
    public async Task A_reader_keeps_what_it_opened_when_the_object_is_replaced_or_deleted()
    {
        var (store, old) = (Open(), Random(300_000, seed: 1));
        await WriteAsync(store, "a", old, 100_000);
        await using var first = await store.OpenReadAsync("a", 0, Late);
        await WriteAsync(store, "a", Random(100_000, seed: 2), 100_000);
        await using var second = await store.OpenReadAsync("a", 0, Late);
        await store.DeleteAsync("a", Late);

        Assert.Equal(old, await ReadAsync(first));
        Assert.Equal(Random(100_000, seed: 2), await ReadAsync(second));
    }

    [Fact]
    public async Task What_killed_writers_left_is_not_listed_and_goes_after_a_day()
    {
        var store = Open();
        await PutAsync(store, "a", "1");
        var uploads = Path.Combine(Own, "uploads");
        var (old, young) = (Path.Combine(uploads, new string('a', 32)), Path.Combine(uploads, new string('b', 32)));
        await File.WriteAllTextAsync(old, "");
        await File.WriteAllTextAsync(young, "");
        File.SetLastWriteTimeUtc(old, DateTime.UtcNow.AddHours(-25));
        Assert.Equal(["a"], await KeysAsync(store));

        await PutAsync(store, "a", "2");

        Assert.Equal([young], Directory.GetFiles(uploads));
    }

    [Fact]
    public async Task Nothing_is_left_of_an_object_that_was_not_completed()
    {
        var writer = await Open().CreateAsync("a/b", Late);
        await writer.WriteAsync(Random(1_000), Late);
        await writer.DisposeAsync();

        Assert.Empty(Directory.GetFiles(Path.Combine(Own, "uploads")));
        Assert.False(Directory.Exists(Path.Combine(_path, "a")));
    }

    [Fact]
    public async Task What_cannot_be_cleaned_up_does_not_hide_why_an_upload_failed()
    {
        var upload = "";
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var writer = await Open().CreateAsync("a/b", Late);
            upload = Directory.GetFiles(Path.Combine(Own, "uploads")).Single();
            File.Delete(upload);
            Directory.CreateDirectory(upload);
            throw new InvalidOperationException("the cause");
        });

        Assert.Equal("the cause", failure.Message);
        Assert.True(Directory.Exists(upload));
    }

    [Fact]
    public async Task A_clock_that_stands_or_goes_back_still_makes_new_etags()
    {
        var early = ObjectStore.OpenDirectory(_path, new HandTime { Error = TimeSpan.FromDays(-1) });
        var late = ObjectStore.OpenDirectory(_path, new HandTime());
        var etags = new List<string>();
        foreach (var store in new[] { late, late, early, late, early })
        {
            etags.Add(await PutAsync(store, "a", "same"));
        }

        Assert.Equal(5, etags.Distinct().Count());
        var modified = (await late.TryStatAsync("a", Late))!.Value.Modified;
        Assert.InRange(modified, new HandTime().GetUtcNow(), new HandTime().GetUtcNow().AddTicks(10));
    }

    [Theory]
    [InlineData("@999999999999")]
    [InlineData("@-999999999999")]
    public async Task A_file_of_a_far_off_time_is_an_object(string time)
    {
        var store = Open();
        await PutAsync(store, "a", "1");
        await new Command("touch", "-d", time, Path.Combine(_path, "a")).RunAsync();

        Assert.Equal(["a"], await KeysAsync(store));
        Assert.Equal("1"u8.ToArray(), await ReadAsync(store, "a"));
        Assert.True(await store.DeleteAsync("a", Late));
    }

    [Theory]
    [InlineData(999_999_999_999, 9999)]
    [InlineData(253_402_300_800, 9999)]
    [InlineData(253_402_300_799, 9999)]
    [InlineData(-62_135_596_800, 1)]
    [InlineData(-62_135_596_801, 1)]
    [InlineData(long.MaxValue, 9999)]
    [InlineData(long.MinValue, 1)]
    [InlineData(0, 1970)]
    public void A_time_that_no_calendar_has_becomes_the_first_or_the_last(long seconds, int year)
    {
        // struct statx, see statx(2).
        var bytes = new byte[256];
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(112), seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(120), 999_999_999);

        Assert.Equal(year, MemoryMarshal.Read<FileStatus>(bytes).Modified.Year);
    }

    /// <summary>Each file system has a last time, some in 2038, and others far beyond that of .NET.</summary>
    [Fact]
    public async Task An_object_of_the_last_time_of_all_is_not_replaced_but_can_be_deleted()
    {
        var store = Open();
        await PutAsync(store, "a", "1");
        await new Command("touch", "-d", "@999999999999", Path.Combine(_path, "a")).RunAsync();

        var failure = await FailsAsync(StorageFailure.Invalid, () => PutAsync(store, "a", "2"));

        Assert.Matches(
            "write 'a': its file was last written at .*, and the file system cannot store a later time: delete it first$", failure.Message);
        Assert.Equal("1"u8.ToArray(), await ReadAsync(store, "a"));
        await store.DeleteAsync("a", Late);
        await PutAsync(store, "a", "2");
    }

    [Fact]
    public async Task Another_process_that_holds_the_lock_is_waited_for_until_it_is_killed()
    {
        var store = Open();
        await PutAsync(store, "a", "1");
        var start = new ProcessStartInfo("flock", [Path.Combine(Own, "lock"), "sh", "-c", "echo held; exec cat"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var other = Process.Start(start)!;
        await other.StandardOutput.ReadLineAsync(Late);

        using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            store.PutAsync("a", Bytes("2"), WriteCondition.None, impatient.Token));
        var writing = PutAsync(store, "a", "3");
        Assert.False(writing.IsCompleted);
        // The lock goes with the last who has it open.
        other.Kill(entireProcessTree: true);
        await writing;

        Assert.Equal("3"u8.ToArray(), await ReadAsync(store, "a"));
        Assert.Empty(Directory.GetFiles(Path.Combine(Own, "uploads")));
    }

    [Fact]
    public async Task A_file_in_place_of_the_directory_is_said_at_once()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        await File.WriteAllTextAsync(_path, "");

        var failure = Assert.Throws<StorageException>(Open);

        Assert.Equal((StorageFailure.Invalid, $"{_path}: open: it is a file, not a directory"), (failure.Failure, failure.Message));
    }

    [Fact]
    public void What_the_system_says_has_one_meaning()
    {
        Assert.Equal(StorageFailure.Full, DirectoryFailure.Explain(new IOException("ENOSPC", 28))?.Failure);
        Assert.Equal(StorageFailure.Full, DirectoryFailure.Explain(new IOException("EDQUOT", 122))?.Failure);
        Assert.Equal(StorageFailure.Denied, DirectoryFailure.Explain(new IOException("EROFS", 30))?.Failure);
        Assert.Equal(StorageFailure.Denied, DirectoryFailure.Explain(new UnauthorizedAccessException())?.Failure);
        Assert.Equal(StorageFailure.Invalid, DirectoryFailure.Explain(new PathTooLongException())?.Failure);
        Assert.Equal(StorageFailure.Invalid, DirectoryFailure.Explain(new ArgumentOutOfRangeException("value"))?.Failure);
        Assert.Equal((StorageFailure.Unavailable, "Input/output error"), DirectoryFailure.Explain(new IOException("/a/path", 5)));
        Assert.Equal((StorageFailure.Unavailable, "odd"), DirectoryFailure.Explain(new IOException("odd")));
        Assert.Null(DirectoryFailure.Explain(new InvalidOperationException()));
        Assert.Null(DirectoryFailure.Explain(new OperationCanceledException()));
    }

    [UnprivilegedFact]
    public async Task What_may_not_be_read_or_written_is_denied()
    {
        var store = Open();
        await PutAsync(store, "a/b", "1");
        await new Command("chmod", "000", Path.Combine(_path, "a")).RunAsync();

        Func<Task>[] actions =
        [
            () => store.TryStatAsync("a/b", Late), () => store.TryReadAsync("a/b", 1, Late), () => ListAsync(store),
            () => PutAsync(store, "a/b", "2"), () => PutAsync(store, "a/c", "2"), () => store.DeleteAsync("a/b", Late),
        ];
        foreach (var action in actions)
        {
            var failure = await FailsAsync(StorageFailure.Denied, action);
            Assert.False(failure.IsTransient);
        }
        await new Command("chmod", "700", Path.Combine(_path, "a")).RunAsync();
    }

    [MountFact]
    public async Task A_full_disk_is_named_and_nothing_is_left()
    {
        Directory.CreateDirectory(_path);
        await new Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", _path).RunAsync();
        try
        {
            var store = Open();
            await PutAsync(store, "a", "1");

            var failure = await FailsAsync(StorageFailure.Full, () => WriteAsync(store, "a", Random(1_000_000), 10_000));

            Assert.EndsWith("write 'a': no space is left", failure.Message, StringComparison.Ordinal);
            Assert.False(failure.IsTransient);
            Assert.Equal("1"u8.ToArray(), await ReadAsync(store, "a"));
            await WriteAsync(store, "a", Random(100_000), 10_000);
        }
        finally
        {
            await new Command("umount", _path).RunAsync();
        }
    }
}
