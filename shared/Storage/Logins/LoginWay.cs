namespace Mirror.Storage;

/// <summary>One way to log in to a kind of store: the keys that a configuration has for it.</summary>
public sealed record LoginWay(params IReadOnlyList<LoginKey> Keys);

public sealed record LoginKey(string Name)
{
    /// <summary>Whether the configuration says where the value is, or else the value itself.</summary>
    public bool IsSecret { get; init; } = true;

    public bool IsOptional { get; init; }

    /// <summary>The variable in which the vendor's own tools look for it.</summary>
    public string? Variable { get; init; }

    /// <summary>Of a value, what makes it good and may be shown apart from the rest: it is a secret by itself.</summary>
    public Func<string, IEnumerable<string>> SecretParts { get; init; } = _ => [];
}

/// <summary>What to log in with, by the names of the keys. Where there is nothing, the machine says who it is.</summary>
public sealed record LoginValues
{
    public static LoginValues None { get; } = new();

    public IReadOnlyDictionary<string, LoginSource<string>> Secrets { get; init; } = new Dictionary<string, LoginSource<string>>();

    /// <summary>Values that are no secrets.</summary>
    public IReadOnlyDictionary<string, string> Words { get; init; } = new Dictionary<string, string>();
}
