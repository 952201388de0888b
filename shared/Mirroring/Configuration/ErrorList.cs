namespace Mirror.Mirroring;

/// <summary>Collects what is wrong with one file, so that a person sees all of it at once.</summary>
internal sealed class ErrorList(string file)
{
    private const int MaxMessageSize = 400;

    /// <summary>Then it is not a file with mistakes but another kind of file, and reading on costs more than it tells.</summary>
    private const int MaxCount = 1000;

    private readonly List<ConfigurationError> _errors = [];

    public int Count => _errors.Count;

    public string PlaceOf(Position at) => $"{file}:{at.Line}:{at.Column}";

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

    public void ThrowIfAny()
    {
        if (_errors.Count > 0)
        {
            throw ToException();
        }
    }

    private ConfigurationException ToException() =>
        new([.. _errors.OrderBy(error => error.Line).ThenBy(error => error.Column)]);
}
