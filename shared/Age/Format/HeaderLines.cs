namespace Mirror.Age.Format;

/// <summary>Reads a header's lines, each of which ends with a line feed.</summary>
internal ref struct HeaderLines(ReadOnlySpan<byte> rest)
{
    public ReadOnlySpan<byte> Rest { get; private set; } = rest;

    public ReadOnlySpan<byte> Read()
    {
        var size = Rest.IndexOf((byte)'\n');
        if (size < 0)
        {
            throw AgeException.Header("a line has no end");
        }
        var line = Rest[..size];
        Rest = Rest[(size + 1)..];
        return line;
    }
}
