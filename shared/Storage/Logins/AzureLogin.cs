namespace Mirror.Storage;

/// <summary>The ways to log in at Azure.</summary>
public abstract record AzureLogin
{
    private AzureLogin()
    {
    }

    /// <summary>The secret parts of a connection string or signature, which may also be shown without the text around them.</summary>
    public static IEnumerable<string> SecretPartsOf(string text)
    {
        foreach (var name in new[] { "AccountKey=", "sig=" })
        {
            if (text.IndexOf(name, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                var value = text[(at + name.Length)..].Split(';', '&')[0];
                yield return value;
                yield return Uri.UnescapeDataString(value);
            }
        }
    }

    /// <summary>The identity of this machine: a managed or workload identity, the AZURE_ variables, or a user who is logged in.</summary>
    public sealed record Machine : AzureLogin;

    /// <summary>A connection string with an account key or a shared access signature, as the portal shows it.
    /// It also names the server.</summary>
    public sealed record ConnectionString(LoginSource<string> Source) : AzureLogin;

    /// <summary>A shared access signature, with or without the question mark.</summary>
    public sealed record Signature(LoginSource<string> Source) : AzureLogin;
}
