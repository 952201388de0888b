namespace Mirror.Mirroring;

/// <summary>One error in a configuration file. Line 0 means the file as a whole.</summary>
public sealed record ConfigurationError(string File, int Line, int Column, string Message)
{
    public override string ToString() => Line == 0 ? $"{File}: {Message}" : $"{File}:{Line}:{Column}: {Message}";
}

/// <summary>A configuration that cannot be used. The message has one line for each error, <c>FILE:LINE:COLUMN: what</c>.</summary>
public sealed class ConfigurationException : Exception
{
    // A broken generator can make every entry wrong. The first errors are enough to see why.
    private const int MaxShown = 20;

    public ConfigurationException(IEnumerable<ConfigurationError> errors, Exception? inner = null) : this(InOrder(errors), inner)
    {
    }

    private ConfigurationException(ConfigurationError[] errors, Exception? inner) : base(Describe(errors), inner) => Errors = errors;

    public IReadOnlyList<ConfigurationError> Errors { get; }

    /// <summary>The configuration as far as it could be read, so that further errors can be found;
    /// null if nothing could be read.</summary>
    public MirrorConfiguration? Read { get; init; }

    private static ConfigurationError[] InOrder(IEnumerable<ConfigurationError> errors) =>
        [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];

    private static string Describe(ConfigurationError[] errors)
    {
        var lines = errors.Take(MaxShown).Select(error => error.ToString());
        return string.Join('\n', errors.Length > MaxShown ? lines.Append($"and {errors.Length - MaxShown} more errors") : lines);
    }
}
