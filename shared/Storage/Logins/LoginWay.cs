namespace Mirror.Storage;

/// <summary>One way to log in to a kind of store: the keys that it has in a configuration.</summary>
public sealed record LoginWay(params IReadOnlyList<LoginKey> Keys);

public sealed record LoginKey(string Name)
{
    /// <summary>Whether the configuration has a reference to the value instead of the value itself.</summary>
    public bool IsSecret { get; init; } = true;

    public bool IsOptional { get; init; }

    /// <summary>The environment variable that the vendor's own tools read.</summary>
    public string? Variable { get; init; }

    /// <summary>The secret parts of a value, which may also be shown without the text around them.</summary>
    public Func<string, IEnumerable<string>> SecretParts { get; init; } = _ => [];
}

/// <summary>A login, by the names of its keys. If it is empty, the machine's identity is used.</summary>
public sealed record LoginValues
{
    public static LoginValues None { get; } = new();

    public IReadOnlyDictionary<string, LoginSource<string>> Secrets { get; init; } = new Dictionary<string, LoginSource<string>>();

    /// <summary>Values that are not secret.</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
}
