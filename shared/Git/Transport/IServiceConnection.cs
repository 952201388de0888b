using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A connection to one service of a remote, <c>git-upload-pack</c> or <c>git-receive-pack</c>,
/// over HTTP or through a process.</summary>
internal interface IServiceConnection : IAsyncDisposable
{
    /// <summary>True over HTTP, where each request is independent and any may be the first.
    /// A process speaks first, and keeps state.</summary>
    bool IsStateless { get; }

    /// <summary>Opens the dialogue and returns the server's opening.</summary>
    Task<PktReader> OpenAsync(CancellationToken cancellation);

    /// <summary>Sends a request that can be repeated, and returns the answer.</summary>
    /// <param name="request">The request in pieces, since it may have very many ids. Each piece is valid until the next one.</param>
    Task<PktReader> SendAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation);

    /// <summary>Sends a request of any size while it is written, and returns the answer.</summary>
    Task<PktReader> StreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation);

    /// <summary>Returns the cause of a failure, where the transport knows more than the reader:
    /// a process's exit status and its last messages.</summary>
    ValueTask<Exception> ExplainAsync(GitProtocolException failure);
}
