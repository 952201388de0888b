using Mirror.Git.Protocol;
using Mirror.Git.Transport;

namespace Mirror.Git.Tests.Protocol;

/// <summary>A far side that answers each request with the next of some bytes, whatever was asked, and keeps what it was asked.</summary>
internal sealed class FakeConnection(params IEnumerable<PktReader> answers) : IServiceConnection
{
    private readonly Queue<PktReader> _answers = new(answers);

    public FakeConnection(params IEnumerable<Stream> answers)
        : this(answers.Select(stream => new PktReader(stream)))
    {
    }

    public FakeConnection(params IEnumerable<byte[]> answers)
        : this(answers.Select(bytes => new PktReader(new MemoryStream(bytes))))
    {
    }

    /// <summary>The requests as text, oldest first.</summary>
    public List<string> Requests { get; } = [];

    public int LargestPiece { get; private set; }

    public bool IsStateless => true;

    public Task<PktReader> OpenAsync(CancellationToken cancellation) => Task.FromResult(_answers.Dequeue());

    public Task<PktReader> SendAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation)
    {
        var text = new System.Text.StringBuilder();
        foreach (var piece in request)
        {
            text.Append(Wire.Text(piece.ToArray()));
            LargestPiece = Math.Max(LargestPiece, piece.Length);
        }
        Requests.Add(text.ToString());
        return OpenAsync(cancellation);
    }

    public async Task<PktReader> StreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        await write(body, cancellation);
        return await SendAsync([body.ToArray()], cancellation);
    }

    public ValueTask<Exception> ExplainAsync(GitProtocolException failure) => ValueTask.FromResult<Exception>(failure);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
