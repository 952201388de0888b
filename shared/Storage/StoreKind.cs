namespace Mirror.Storage;

/// <summary>The syntax of the locations of one kind of store, and the logins for it.</summary>
public abstract class StoreKind
{
    private protected StoreKind()
    {
    }

    /// <summary>The text before <c>://</c>; empty for a path.</summary>
    public abstract string Scheme { get; }

    /// <summary>The syntax of a location, for messages.</summary>
    public abstract string Form { get; }

    /// <summary>The syntax of the URL of one object, for messages; null where an object has no URL.</summary>
    public virtual string? ObjectForm => null;

    /// <summary>The ways to log in that a configuration can name. The first key of a way identifies it. If none of the first keys is
    /// given, the first way counts. Empty where there is no login.</summary>
    public virtual IReadOnlyList<LoginWay> Logins => [];

    /// <param name="text">The location without the scheme.</param>
    internal abstract StoreLocation Parse(string text, string directory);
}

/// <summary>All kinds of stores. A new kind is a folder beside the others, and a line here.</summary>
public static class StoreKinds
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        Directories.DirectoryKind.Instance,
        Azure.AzureKind.Instance,
        S3.S3Kind.Instance,
    ];

    /// <summary>The syntax of all locations: <c>a, b or c</c>.</summary>
    public static string Forms { get; } = string.Join(", ", All.SkipLast(1).Select(kind => kind.Form)) + $" or {All[^1].Form}";

    /// <summary>The syntax of all object URLs: <c>a or b</c>.</summary>
    public static string ObjectForms { get; } = string.Join(" or ", All.Select(kind => kind.ObjectForm).OfType<string>());

    /// <summary>The beginning of all object URLs: <c>a://… or b://…</c>.</summary>
    public static string ObjectSchemes { get; } =
        string.Join(" or ", All.Where(kind => kind.ObjectForm is not null).Select(kind => $"{kind.Scheme}://…"));

    /// <summary>The login variables of the vendors' own tools.</summary>
    public static IEnumerable<string> LoginVariables =>
        All.SelectMany(kind => kind.Logins).SelectMany(way => way.Keys).Select(key => key.Variable).OfType<string>();

    public static StoreKind? Find(string scheme) => All.FirstOrDefault(kind => kind.Scheme == scheme);
}
