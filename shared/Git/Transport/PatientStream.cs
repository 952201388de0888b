namespace Mirror.Git.Transport;

/// <summary>A network stream on which no single read or write may take longer than a limit: nothing hangs for ever.</summary>
internal sealed class PatientStream(Stream inner, TimeSpan limit, TimeProvider time) : Stream
{
    private TimeSpan _limit = limit;
    private Patience? _patience;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var patience = Begin(cancellationToken);
        try
        {
            return await inner.ReadAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            throw patience.Stalled("nothing came");
        }
        finally
        {
            patience.End();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var patience = Begin(cancellationToken);
        try
        {
            await inner.WriteAsync(buffer, patience.Token);
        }
        catch (OperationCanceledException) when (patience.IsOver)
        {
            throw patience.Stalled("nothing was taken");
        }
        finally
        {
            patience.End();
        }
    }

    /// <summary>Begins a wait. One caller's token comes with very many reads, so what watches it is made once.</summary>
    private Patience Begin(CancellationToken caller)
    {
        if (_patience?.Caller != caller)
        {
            _patience?.Dispose();
            _patience = new Patience(_limit, time, caller);
        }
        _patience.Begin();
        return _patience;
    }

    /// <summary>Sets another limit for the waits to come.</summary>
    public void Allow(TimeSpan limit)
    {
        _limit = limit;
        _patience?.Dispose();
        _patience = null;
    }

    /// <summary>Ends the watch; the stream below is its owner's to close.</summary>
    protected override void Dispose(bool disposing)
    {
        _patience?.Dispose();
        base.Dispose(disposing);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("flush asynchronously");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("write asynchronously");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
