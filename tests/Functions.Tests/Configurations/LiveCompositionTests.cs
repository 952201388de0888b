using Azure.Storage.Blobs;
using Mirror.Functions.Configurations;
using Mirror.Functions.Serving;
using Mirror.Functions.Status;
using Mirror.Functions.Tests.Serving;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Configurations;

/// <summary>When the configuration is looked at again, and what stands meanwhile.</summary>
public sealed class LiveCompositionTests
{
    private readonly HandTime _time = new();
    private readonly List<string> _log = [];
    private readonly Place _place = new();

    [Fact]
    public async Task Within_its_life_nobody_looks_whether_it_has_changed()
    {
        var live = Live();
        var first = await live.GetAsync(CancellationToken.None);
        (_place.Version, _time.Now) = ("2", _time.Now.AddSeconds(29));
        var second = await live.GetAsync(CancellationToken.None);
        _time.Now = _time.Now.AddSeconds(2);
        var third = await live.GetAsync(CancellationToken.None);

        Assert.Same(first, second);
        Assert.NotSame(first, third);
        Assert.Equal((2, 2), (_place.LookCount, _place.ReadCount));
    }

    [Fact]
    public async Task One_that_has_not_changed_is_not_read_again()
    {
        var live = Live();
        var first = await live.GetAsync(CancellationToken.None);
        _time.Now = _time.Now.AddMinutes(1);

        Assert.Same(first, await live.GetAsync(CancellationToken.None));
        Assert.Equal((2, 1), (_place.LookCount, _place.ReadCount));
    }

    [Fact]
    public async Task While_its_place_is_out_of_reach_the_last_good_one_stands_and_that_is_said_once()
    {
        var live = Live();
        var first = await live.GetAsync(CancellationToken.None);
        _place.Failure = await LostAsync();
        for (var minute = 0; minute < 3; minute++)
        {
            _time.Now = _time.Now.AddMinutes(1);
            Assert.Same(first, await live.GetAsync(CancellationToken.None));
            Assert.EndsWith(": the last configuration stays in use", live.Trouble, StringComparison.Ordinal);
        }
        (_place.Failure, _place.Version, _time.Now) = (null, "2", _time.Now.AddMinutes(1));

        Assert.NotSame(first, await live.GetAsync(CancellationToken.None));
        Assert.Null(live.Trouble);
        Assert.StartsWith("warning: ", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_never_reached_is_asked_for_by_each_call()
    {
        var live = Live();
        _place.Failure = await LostAsync();
        await Assert.ThrowsAsync<StorageException>(() => live.GetAsync(CancellationToken.None));
        _place.Failure = null;

        Assert.NotNull(await live.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task One_that_is_wrong_now_is_an_error_until_it_is_mended()
    {
        var live = Live();
        await live.GetAsync(CancellationToken.None);
        (_place.Version, _place.Text, _time.Now) = ("2", "nonsense: 1\n", _time.Now.AddMinutes(1));
        var wrong = await Assert.ThrowsAsync<UsageException>(() => live.GetAsync(CancellationToken.None));
        (_place.Version, _place.Text) = ("3", "mirrors: []\n");

        Assert.NotNull(await live.GetAsync(CancellationToken.None));
        Assert.StartsWith("place:1:1: unknown key 'nonsense'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_was_taken_away_does_not_come_back_when_its_place_is_out_of_reach()
    {
        var live = Live();
        await live.GetAsync(CancellationToken.None);
        (_place.Failure, _time.Now) = (new UsageException("place: there is no such object"), _time.Now.AddMinutes(1));
        await Assert.ThrowsAsync<UsageException>(() => live.GetAsync(CancellationToken.None));
        _place.Failure = await LostAsync();

        await Assert.ThrowsAsync<StorageException>(() => live.GetAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_status_page_says_that_an_older_one_stands()
    {
        _place.Text = $"mirrors: []\nstate: {Scratch.NewFolder("state")}\n";
        var live = Live();
        var settings = Settings.Read(
            name => name switch
            {
                "FUNCTIONS_CUSTOMHANDLER_PORT" => "1",
                "MIRROR_ROLES" => "sync",
                "AzureWebJobsStorage" => "UseDevelopmentStorage=true",
                "AzureWebJobs.Webhook.Disabled" => "true",
                _ => null,
            },
            "/app", new SecretReader(_ => null));
        var reader = new StatusReader(live, settings, _time);
        Assert.Null((await reader.ReadAsync(CancellationToken.None)).Problem);
        (_place.Failure, _time.Now) = (await LostAsync(), _time.Now.AddMinutes(2));

        var view = await reader.ReadAsync(CancellationToken.None);

        Assert.EndsWith(": the last configuration stays in use", view.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_object_of_a_real_store_is_read_again_when_it_is_another_and_stands_when_the_server_is_gone()
    {
        var server = await AzuriteServer.StartAsync();
        var account = server.TakeAccount();
        var container = new BlobContainerClient(account.ConnectionString, "shelf");
        await container.CreateAsync();
        await PutAsync("mirrors: []\n");
        var login = new AzureLogin.ConnectionString((_, _) => ValueTask.FromResult(account.ConnectionString));
        var store = ObjectStore.OpenAzure(new AzureLocation(account.Name, "shelf", ""), login, TimeProvider.System);
        var live = new LiveComposition(new ObjectPlace(store, "mirror.yaml", "/"), new SecretReader(_ => null), _time, _log.Add);

        var first = await live.GetAsync(CancellationToken.None);
        var same = await LaterAsync();
        await PutAsync("mirrors: [{ source: a, destination: b }]\n");
        var second = await LaterAsync();
        await container.DeleteBlobAsync("mirror.yaml");
        var gone = await Assert.ThrowsAsync<UsageException>(LaterAsync);
        await PutAsync("mirrors: []\n");
        var third = await LaterAsync();
        await server.DisposeAsync();
        var kept = await LaterAsync();

        Assert.Same(first, same);
        Assert.Single(second.Configuration!.Mirrors);
        Assert.EndsWith("/shelf/mirror.yaml: there is no such object", gone.Message, StringComparison.Ordinal);
        Assert.Same(third, kept);
        Assert.Single(_log);

        Task PutAsync(string text) => container.GetBlobClient("mirror.yaml").UploadAsync(BinaryData.FromString(text), overwrite: true);

        Task<Composition> LaterAsync()
        {
            _time.Now = _time.Now.AddMinutes(1);
            return live.GetAsync(CancellationToken.None);
        }
    }

    private LiveComposition Live() => new(_place, new SecretReader(_ => null), _time, _log.Add);

    /// <summary>What a store says that is not there.</summary>
    private static Task<StorageException> LostAsync() => Assert.ThrowsAsync<StorageException>(() => ObjectStore
        .OpenS3(new S3Location("bucket", "") { Endpoint = new Uri("http://127.0.0.1:1") },
            new S3Login.Keys((_, _) => ValueTask.FromResult(new S3Keys("id", "key", null))), TimeProvider.System)
        .TryStatAsync("a", CancellationToken.None));

    private sealed class Place : IConfigurationPlace
    {
        public string Version { get; set; } = "1";

        public string Text { get; set; } = "mirrors: []\n";

        public Exception? Failure { get; set; }

        public int LookCount { get; private set; }

        public int ReadCount { get; private set; }

        public string Name => "place";

        public TimeSpan Life => TimeSpan.FromSeconds(30);

        public Task<string> VersionAsync(CancellationToken cancellation)
        {
            LookCount++;
            return Failure is null ? Task.FromResult(Version) : Task.FromException<string>(Failure);
        }

        public Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation)
        {
            ReadCount++;
            return Task.FromResult(ConfigurationFile.Parse(System.Text.Encoding.UTF8.GetBytes(Text), Name, "/", environment: null));
        }
    }
}
