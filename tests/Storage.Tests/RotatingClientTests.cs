using Mirror.Storage.Logins;

namespace Mirror.Storage.Tests;

public sealed class RotatingClientTests
{
    private readonly List<LoginAge> _asked = [];
    private string _login = "first";
    private string _accepted = "first";
    private int _connected;

    [Fact]
    public async Task The_login_is_read_at_the_first_request_and_kept()
    {
        var client = New();
        Assert.Empty(_asked);
        Assert.Null(client.Latest);

        await AskAsync(client);
        await AskAsync(client);

        Assert.Equal([LoginAge.Any], _asked);
        Assert.Equal(("first", 1), (client.Latest, _connected));
    }

    [Fact]
    public async Task A_refused_login_is_asked_for_anew_and_the_request_made_again()
    {
        var client = New();
        await AskAsync(client);
        (_login, _accepted) = ("second", "second");

        Assert.Equal("second", await AskAsync(client));

        Assert.Equal([LoginAge.Any, LoginAge.New], _asked);
        Assert.Equal(("second", 2), (client.Latest, _connected));
    }

    [Fact]
    public async Task The_same_login_again_is_not_tried_again()
    {
        var client = New();
        await AskAsync(client);
        _accepted = "second";

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => AskAsync(client));

        Assert.Equal([LoginAge.Any, LoginAge.New], _asked);
        Assert.Equal(1, _connected);
    }

    [Fact]
    public async Task A_request_is_made_no_more_than_twice()
    {
        var client = New();
        (_login, _accepted) = ("second", "third");
        var requests = 0;

        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => client.RunAsync(
            login =>
            {
                _login = $"{requests++}";
                return Task.FromException<string>(new UnauthorizedAccessException());
            },
            CancellationToken.None));

        Assert.Equal(2, requests);
        Assert.Equal([LoginAge.Any, LoginAge.New], _asked);
    }

    [Fact]
    public async Task Other_failures_ask_for_nothing()
    {
        var client = New();

        await Assert.ThrowsAsync<IOException>(() =>
            client.RunAsync(_ => Task.FromException<string>(new IOException()), CancellationToken.None));

        Assert.Equal([LoginAge.Any], _asked);
    }

    [Fact]
    public async Task Many_that_are_refused_at_once_ask_once()
    {
        var client = New();
        await AskAsync(client);
        (_login, _accepted) = ("second", "second");
        var together = new TaskCompletionSource();
        var waiting = 0;

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => client.RunAsync(
            async login =>
            {
                if (Interlocked.Increment(ref waiting) == 16)
                {
                    together.SetResult();
                }
                await together.Task;
                return Answer(login);
            },
            CancellationToken.None)));

        Assert.All(answers, answer => Assert.Equal("second", answer));
        Assert.Equal([LoginAge.Any, LoginAge.New], _asked);
    }

    [Fact]
    public async Task A_source_that_fails_is_asked_again_by_the_next_request()
    {
        var failing = true;
        var client = new RotatingClient<string, string>(
            (age, _) => failing ? throw new InvalidDataException("no secret") : ValueTask.FromResult("first"), login => login, _ => false);
        await Assert.ThrowsAsync<InvalidDataException>(() => AskAsync(client));
        failing = false;

        Assert.Equal("first", await AskAsync(client));
    }

    private RotatingClient<string, string> New() => new(
        (age, _) =>
        {
            _asked.Add(age);
            return ValueTask.FromResult(_login);
        },
        login =>
        {
            _connected++;
            return login;
        },
        failure => failure is UnauthorizedAccessException);

    private Task<string> AskAsync(RotatingClient<string, string> client) =>
        client.RunAsync(login => Task.FromResult(Answer(login)), CancellationToken.None);

    private string Answer(string login) => login == _accepted ? login : throw new UnauthorizedAccessException();
}
