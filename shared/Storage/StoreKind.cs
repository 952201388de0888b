namespace Mirror.Storage;

/// <summary>How the places of one kind of store, and the logins for them, are written.</summary>
public abstract class StoreKind
{
    private protected StoreKind()
    {
    }

    /// <summary>What stands before <c>://</c>; empty for a path.</summary>
    public abstract string Scheme { get; }

    /// <summary>How a place is written, as messages say it.</summary>
    public abstract string Form { get; }

    /// <summary>How one object is written, as messages say it; null where an object has no URL.</summary>
    public virtual string? ObjectForm => null;

    /// <summary>The ways to log in that a configuration can name. The first key of a way tells it from the others; where it has none of
    /// them, the first way is meant. Empty where there is no login.</summary>
    public virtual IReadOnlyList<LoginWay> Logins => [];

    /// <param name="text">Without the scheme.</param>
    internal abstract StoreLocation Parse(string text, string directory);
}

/// <summary>The kinds of stores. A new one is a folder beside those of the others, and a line here.</summary>
public static class StoreKinds
{
    public static IReadOnlyList<StoreKind> All { get; } =
    [
        Directories.DirectoryKind.Instance,
        Azure.AzureKind.Instance,
        S3.S3Kind.Instance,
    ];

    /// <summary>How places are written: <c>a, b or c</c>.</summary>
    public static string Forms { get; } = string.Join(", ", All.SkipLast(1).Select(kind => kind.Form)) + $" or {All[^1].Form}";

    /// <summary>How one object is written: <c>a or b</c>.</summary>
    public static string ObjectForms { get; } = string.Join(" or ", All.Select(kind => kind.ObjectForm).OfType<string>());

    /// <summary>How a URL of an object begins: <c>a://… or b://…</c>.</summary>
    public static string ObjectSchemes { get; } =
        string.Join(" or ", All.Where(kind => kind.ObjectForm is not null).Select(kind => $"{kind.Scheme}://…"));

    /// <summary>The variables that say who somebody is, as the vendors' own tools read them.</summary>
    public static IEnumerable<string> LoginVariables =>
        All.SelectMany(kind => kind.Logins).SelectMany(way => way.Keys).Select(key => key.Variable).OfType<string>();

    public static StoreKind? Find(string scheme) => All.FirstOrDefault(kind => kind.Scheme == scheme);
}
