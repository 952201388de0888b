namespace Mirror.Mirroring;

/// <summary>Collects what is wrong with one file, so that a person sees all of it at once.</summary>
internal sealed class ErrorList(string file)
{
    private const int MaxMessageSize = 400;

    /// <summary>Then it is not a file with mistakes but another kind of file, and reading on costs more than it tells.</summary>
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

    /// <summary>For what makes the rest of the file unreadable: what was found before it is reported with it.</summary>
    public ConfigurationException Fatal(Position at, string message)
    {
        Add(at, message);
        return ToException();
    }

    /// <param name="read">What could be read all the same.</param>
    public void ThrowIfAny(MirrorConfiguration read)
    {
        if (_errors.Count > 0)
        {
            throw new ConfigurationException(_errors) { Read = read };
        }
    }

    private ConfigurationException ToException() => new(_errors);
}
