using System.ComponentModel;
using System.Diagnostics;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A service as a child process, here or at the other end of an ssh
/// connection: requests go to its input, answers come from its output.</summary>
internal sealed class ProcessConnection : IServiceConnection
{
    // A program that has said its last word ends at once; ssh may take a moment for the far side's status.
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
        // While we send, the far side may well be silent; sending has a limit of its own.
        _answers!.Pause();
        _limit.Pause();
        return BeginAsync(write, isLast: true, cancellation);
    }

    /// <summary>Writes beside reading: the far side may answer before it has read
    /// all, and would wait for ever if nobody listened.</summary>
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
            // The far side has stopped reading. Its output says why, and whoever reads that now decides.
        }
        catch (Exception failure)
        {
            // What is written is the caller's, and may fail in any way. Half a
            // request stays behind: the far side must not take what follows
            // for its end. Whoever reads must find the reason.
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
            // It, or a child of it, has ended by itself.
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null)
        {
            return;
        }
        // Who was told to stop does not wait for a farewell, and leaves no child that works on for nobody.
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
            // Nobody listens any more; nothing was left to say.
        }
        // A far side that still writes ends at once when nobody reads. The process does not close what it has handed out.
        await _process.StandardOutput.BaseStream.DisposeAsync();
        if (!await HasEndedAsync())
        {
            Kill();
        }
        await _answers!.DisposeAsync();
        _process.Dispose();
    }
}
