using Mirror.Storage.Drivers;

namespace Mirror.Storage;

/// <summary>The location of a store: a directory, <c>az://ACCOUNT/CONTAINER[/PREFIX]</c> or
/// <c>s3://BUCKET[/PREFIX]?region=…&amp;endpoint=…&amp;storage_class=…</c>.</summary>
public abstract record StoreLocation
{
    private protected StoreLocation()
    {
    }

    /// <summary>The beginning of every key, without slashes around it; empty for none.</summary>
    public abstract string Prefix { get; init; }

    public abstract StoreKind Kind { get; }

    /// <summary>Reads a location; a relative directory is relative to <paramref name="directory"/>.</summary>
    /// <remarks>The errors do not quote the text, since a wrong location may well have a SAS token or a key in it.</remarks>
    public static StoreLocation Parse(string text, string directory)
    {
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        var kind = schemeEnd >= 0 ? StoreKinds.Find(text[..schemeEnd])
            : text.Length > 0 && !IsSchemeOnly(text) ? StoreKinds.Find("")
            : null;
        return kind?.Parse(schemeEnd < 0 ? text : text[(schemeEnd + "://".Length)..], directory)
            ?? throw new FormatException($"is {StoreKinds.Forms}");
    }

    /// <summary>Whether a text begins like the URL of an object.</summary>
    public static bool IsObject(string text) =>
        text.IndexOf("://", StringComparison.Ordinal) is >= 0 and var end && StoreKinds.Find(text[..end])?.ObjectForm is not null;

    /// <summary>Reads the location of one object. The last part of its path is the object's key.</summary>
    public static (StoreLocation Store, string Key) ParseObject(string text)
    {
        var location = IsObject(text) ? Parse(text, "/") : throw new FormatException($"is {StoreKinds.ObjectForms}");
        var slash = location.Prefix.LastIndexOf('/');
        return location.Prefix.Length > 0
            ? (location with { Prefix = location.Prefix[..Math.Max(slash, 0)] }, location.Prefix[(slash + 1)..])
            : throw new FormatException($"names no object: {location.Kind.ObjectForm ?? StoreKinds.ObjectForms}");
    }

    /// <summary>Whether objects written to one location may appear in the other. Different prefixes do not separate two stores in one
    /// bucket, since a login for one can usually read the other.</summary>
    public abstract bool Overlaps(StoreLocation other);

    internal abstract IStoreDriver Connect(LoginValues login, TimeProvider time);

    private static bool IsSchemeOnly(string text) =>
        text.Split(':', 2) is [var scheme, _] && (scheme == "file" || (scheme.Length > 0 && StoreKinds.Find(scheme) is not null));
}
