namespace Mirror.Mirroring;

/// <summary>Collects the errors of one file, so that the user sees all of them at once.</summary>
internal sealed class ErrorList(string file)
{
    private const int MaxMessageSize = 400;

    /// <summary>With more errors it is another kind of file, and reading on is of no use.</summary>
    private const int MaxCount = 1000;

    private readonly List<ConfigurationError> _errors = [];

    public int Count => _errors.Count;

    public Placed<T> Place<T>(Position at, T value) => new(value, file, at.Line, at.Column);

    public void Add(Position at, string message)
    {
        _errors.Add(new ConfigurationError(file, at.Line, at.Column, Quoted.Printable(message, MaxMessageSize)));
        if (_errors.Count >= MaxCount)
        {
            throw ToException();
        }
    }

    /// <summary>An error that makes the rest of the file unreadable. Earlier errors are reported with it.</summary>
    public ConfigurationException Fatal(Position at, string message)
    {
        Add(at, message);
        return ToException();
    }

    /// <param name="read">The configuration as far as it could be read.</param>
    public void ThrowIfAny(MirrorConfiguration read)
    {
        if (_errors.Count > 0)
        {
            throw new ConfigurationException(_errors) { Read = read };
        }
    }

    private ConfigurationException ToException() => new(_errors);
}
