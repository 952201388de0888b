using System.ComponentModel;
using System.Diagnostics;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A service as a child process, local or behind ssh. Requests go to its input, answers come from its output.</summary>
internal sealed class ProcessConnection : IServiceConnection
{
    // A program ends soon after its last output. ssh may take a moment to get the far side's status.
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(2);

    private readonly ProcessStartInfo _start;
    private readonly RemoteScheme _scheme;
    private readonly RemoteSettings _settings;
    private readonly StandardErrorTail _standardError = new();
    private readonly AnswerLimit _limit;
    private Process? _process;
    private WaitLimitedStream? _answers;
    private PktReader? _reader;
    private Task _listening = Task.CompletedTask;
    private Task _writing = Task.CompletedTask;
    private Exception? _failure;
    private CancellationToken _cancellation;

    public ProcessConnection(ProcessStartInfo start, RemoteScheme scheme, RemoteSettings settings)
    {
        _start = start;
        _scheme = scheme;
        _settings = settings;
        _limit = new AnswerLimit(settings);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.UseShellExecute = false;
    }

    public bool IsStateless => false;

    public Task<PktReader> OpenAsync(CancellationToken cancellation)
    {
        try
        {
            _process = Process.Start(_start)!;
        }
        catch (Win32Exception e)
        {
            throw new GitProtocolException(RemoteFailure.Unreachable, $"cannot start '{_start.FileName}': {e.Message}", e)
            { IsFinal = true };
        }
        _listening = _standardError.ListenAsync(_process.StandardError.BaseStream);
        _answers = new WaitLimitedStream(_process.StandardOutput.BaseStream, _settings.Silence, _settings.Time);
        return Task.FromResult(_reader = new PktReader(_answers, _limit));
    }

    public Task<PktReader> SendAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation) =>
        BeginAsync(
            async (input, token) =>
            {
                foreach (var piece in request)
                {
                    await input.WriteAsync(piece, token);
                }
            },
            isLast: false,
            cancellation);

    public Task<PktReader> StreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        // The far side may be silent while we send, which has a limit of its own.
        _answers!.Pause();
        _limit.Pause();
        return BeginAsync(write, isLast: true, cancellation);
    }

    /// <summary>Writes while the caller reads. The far side may answer before it has read the whole request, and would block if its
    /// answer was not read.</summary>
    private async Task<PktReader> BeginAsync(Func<Stream, CancellationToken, Task> write, bool isLast, CancellationToken cancellation)
    {
        await _writing;
        _cancellation = cancellation;
        _writing = WriteAsync(write, isLast, cancellation);
        return _reader!;
    }

    private async Task WriteAsync(Func<Stream, CancellationToken, Task> write, bool isLast, CancellationToken cancellation)
    {
        await using var input = new WaitLimitedStream(_process!.StandardInput.BaseStream, _settings.Silence, _settings.Time);
        try
        {
            await write(input, cancellation);
            if (isLast)
            {
                _process.StandardInput.Close();
            }
        }
        catch (GitProtocolException failure) when (failure.Failure == RemoteFailure.Disconnected)
        {
            // The far side has stopped reading. Its output says why; the reader of that output reports it.
        }
        catch (Exception failure)
        {
            // The caller's content may fail in any way. Half a request has been sent, and the far side must not take later bytes for the
            // rest of it. The reader must find this failure.
            _failure = failure;
            Kill();
            throw;
        }
        if (isLast)
        {
            _answers!.Resume(_settings.ReportSilence);
            _limit.Resume();
        }
    }

    public async ValueTask<Exception> ExplainAsync(GitProtocolException failure)
    {
        if (_failure is not null)
        {
            return _failure;
        }
        if (failure.Failure is not RemoteFailure.Disconnected)
        {
            return failure;
        }
        if (_process is null || !await HasEndedAsync())
        {
            return failure;
        }
        return _standardError.Explain(failure, _process.ExitCode, _scheme);
    }

    private async Task<bool> HasEndedAsync()
    {
        try
        {
            await _process!.WaitForExitAsync().WaitAsync(FarewellLimit, _settings.Time);
            await _listening.WaitAsync(FarewellLimit, _settings.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return _process!.HasExited;
        }
    }

    private void Kill()
    {
        try
        {
            _process?.Kill(entireProcessTree: true);
        }
        catch (Exception failure) when (failure is InvalidOperationException or AggregateException or Win32Exception)
        {
            // The process, or a child of it, has exited already.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }
        // After a cancellation there is no wait for the exit, and no child process may keep running.
        if (!_writing.IsCompleted || _cancellation.IsCancellationRequested)
        {
            Kill();
        }
        await _writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The process has stopped reading, and there is nothing left to send.
        }
        // A far side that still writes ends at once when its output is closed.
        // Disposing the process does not close streams that were handed out.
        await _process.StandardOutput.BaseStream.DisposeAsync();
        if (!await HasEndedAsync())
        {
            Kill();
        }
        await _answers!.DisposeAsync();
        _process.Dispose();
    }
}
