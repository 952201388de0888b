using Mirror.Storage.Drivers;

namespace Mirror.Storage.Parts;

/// <summary>
/// Uploads an object of unknown size in parts while it is written: one part is filled while at most <see cref="MaxInFlight"/> others are
/// being sent. A faster writer waits, so memory is bounded. An object that fits into the first part is sent with one request.
/// </summary>
internal sealed class PartUpload(IPartTarget target) : IUpload
{
    /// <summary>Parts of 5 MiB each. Two hide the latency of an answer; more do not make a line faster.</summary>
    private const int MaxInFlight = 2;

    // An abort often fails for the same reason as the upload. Then the store's own rules remove the parts.
    private static readonly TimeSpan AbortTime = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _givenUp = new();
    private readonly Queue<(Task Sending, byte[] Bytes)> _inFlight = new();
    private byte[] _part = [];
    private int _filled;
    private int _sent;
    private long _size;
    private bool _isComplete;
    private bool _isDisposed;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        while (!bytes.IsEmpty)
        {
            await MakeRoomAsync(cancellation);
            var size = Math.Min(bytes.Length, _part.Length - _filled);
            bytes[..size].CopyTo(_part.AsMemory(_filled));
            bytes = bytes[size..];
            _filled += size;
            _size += size;
        }
    }

    public async Task<StoredObject?> TryCompleteAsync(CancellationToken cancellation)
    {
        if (_sent == 0)
        {
            var whole = await target.TryPutWholeAsync(_part.AsMemory(0, _filled), cancellation);
            _isComplete = whole is not null;
            return whole;
        }
        await SendAsync(cancellation);
        while (_inFlight.Count > 0)
        {
            await NextSentAsync(cancellation);
        }
        var joined = await target.TryJoinAsync(_sent, _size, cancellation);
        _isComplete = joined is not null;
        return joined;
    }

    /// <summary>Sends the part when it is full and more bytes follow. The last part is sent at the end.</summary>
    private async ValueTask MakeRoomAsync(CancellationToken cancellation)
    {
        if (_filled > 0 && _filled == _part.Length)
        {
            await SendAsync(cancellation);
        }
        if (_filled == 0 && _sent == PartSizes.MaxCount)
        {
            throw new InvalidDataException($"more than {_size} bytes do not fit into one object");
        }
        if (_filled == 0 && _part.Length != PartSizes.Of(_sent + 1))
        {
            _part = GC.AllocateUninitializedArray<byte>(PartSizes.Of(_sent + 1));
        }
    }

    private async Task SendAsync(CancellationToken cancellation)
    {
        if (_sent == 0)
        {
            await target.BeginAsync(cancellation);
        }
        // The array of a part that has been sent is filled next, since large arrays are expensive to allocate.
        var next = _inFlight.Count == MaxInFlight ? await NextSentAsync(cancellation) : [];
        _sent++;
        _inFlight.Enqueue((target.PutPartAsync(_sent, _part.AsMemory(0, _filled), _givenUp.Token), _part));
        (_part, _filled) = (next, 0);
    }

    private async Task<byte[]> NextSentAsync(CancellationToken cancellation)
    {
        var (sending, bytes) = _inFlight.Peek();
        await sending.WaitAsync(cancellation);
        _inFlight.Dequeue();
        return bytes;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        if (!_isComplete && _sent > 0)
        {
            await _givenUp.CancelAsync();
            foreach (var (sending, _) in _inFlight)
            {
                // The write that waited for it has reported the first failure. The others are failures of cancelled requests.
                await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            using var late = new CancellationTokenSource(AbortTime);
            await target.AbortAsync(late.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        _givenUp.Dispose();
    }
}
