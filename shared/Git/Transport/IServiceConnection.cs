using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A connection to one service of a remote, <c>git-upload-pack</c> or
/// <c>git-receive-pack</c>: over HTTP, or through a process.</summary>
internal interface IServiceConnection : IAsyncDisposable
{
    /// <summary>Over HTTP every request stands alone, and may be the first; a process speaks first, and remembers.</summary>
    bool IsStateless { get; }

    /// <summary>Opens the dialogue and hands over what the server says unasked.</summary>
    Task<PktReader> OpenAsync(CancellationToken cancellation);

    /// <summary>Sends a request that can be sent again, and hands over the answer.</summary>
    /// <param name="request">In pieces, each valid until the next one: it may be of very many ids.</param>
    Task<PktReader> SendAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation);

    /// <summary>Sends a request of any size as it is written, and hands over the answer.</summary>
    Task<PktReader> StreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>Gives the reason behind a failure, where the transport knows more than
    /// the one who reads: a process's exit and its last words.</summary>
    ValueTask<Exception> ExplainAsync(GitProtocolException failure);
}
