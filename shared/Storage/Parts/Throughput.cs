namespace Mirror.Storage.Parts;

/// <summary>Measures bytes per time spent waiting for them. Very few bytes count as none.</summary>
internal sealed class Throughput
{
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>A kilobyte per second: a tenth of the pace of the slowest lines in practice.</summary>
    internal const int MinSize = 60 * 1024;

    /// <summary>In a row. A single stall may be a line that broke and came back.</summary>
    internal const int MaxStalls = 3;

    private TimeSpan _waited;
    private long _size;
    private int _stalls;

    /// <summary>Whether too few bytes came too often, so that the read is given up.</summary>
    public bool IsHopeless => _stalls >= MaxStalls;

    /// <summary>Whether these bytes end a window that had too few.</summary>
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
