namespace Mirror.Storage.Parts;

/// <summary>How much comes in the time that is spent waiting for it. A byte now and then is as good as none.</summary>
internal sealed class Throughput
{
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>A kilobyte a second: a tenth of what the slowest lines carry that anybody mirrors over.</summary>
    internal const int MinSize = 60 * 1024;

    /// <summary>In a row: one may be a line that broke and came back.</summary>
    internal const int MaxStalls = 3;

    private TimeSpan _waited;
    private long _size;
    private int _stalls;

    /// <summary>Whether so little came so often that it is given up.</summary>
    public bool IsHopeless => _stalls >= MaxStalls;

    /// <summary>Whether the window that ends with these bytes had too few.</summary>
    public bool IsStalledAfter(int size, TimeSpan waited)
    {
        _size += size;
        _waited += waited;
        if (_waited < Window)
        {
            return false;
        }
        var isStalled = _size < MinSize;
        _stalls = isStalled ? _stalls + 1 : 0;
        (_size, _waited) = (0, TimeSpan.Zero);
        return isStalled;
    }
}
