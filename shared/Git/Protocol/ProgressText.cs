namespace Mirror.Git.Protocol;

/// <summary>
/// The second side-band: text meant for people, whose lines end in CR or LF and are cut anywhere between packets.
/// Each line goes to the listener; the last ones are kept, since they often say why a push then fails.
/// </summary>
internal sealed class ProgressText(Action<string>? listener)
{
    // Long enough for a line of a hook or of index-pack. Longer lines are cut, so that a server cannot fill our memory.
    private const int MaxLineSize = 1000;
    private const int KeptCount = 8;

    private readonly byte[] _line = new byte[MaxLineSize];
    private readonly Queue<string> _kept = new();
    private int _size;

    /// <summary>The last lines that were not a counter, such as <c>Receiving objects: 3%</c>.</summary>
    public IReadOnlyCollection<string> LastLines => _kept;

    public void Append(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b is (byte)'\r' or (byte)'\n')
            {
                EndLine(isCounter: b == '\r');
            }
            else if (_size < MaxLineSize)
            {
                _line[_size++] = b;
            }
        }
    }

    /// <summary>Ends a last line that the server left without a line end.</summary>
    public void End() => EndLine(isCounter: false);

    private void EndLine(bool isCounter)
    {
        var line = Printable.Text(_line.AsSpan(0, _size)).Trim();
        _size = 0;
        if (line.Length == 0)
        {
            return;
        }
        listener?.Invoke(line);
        if (!isCounter && !line.Contains("% (", StringComparison.Ordinal))
        {
            _kept.Enqueue(line);
            if (_kept.Count > KeptCount)
            {
                _kept.Dequeue();
            }
        }
    }
}
