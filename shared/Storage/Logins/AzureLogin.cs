namespace Mirror.Storage;

/// <summary>Who to be at Azure.</summary>
public abstract record AzureLogin
{
    private AzureLogin()
    {
    }

    /// <summary>Of a connection string or a signature, what makes it good: it may be shown apart from what is around it.</summary>
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

    /// <summary>Who this machine is: a managed or workload identity, what the AZURE_ variables say, or who has logged in on it.</summary>
    public sealed record Machine : AzureLogin;

    /// <summary>A connection string with an account key or a shared access
    /// signature, as the portal shows it. It names the server too.</summary>
    public sealed record ConnectionString(LoginSource<string> Source) : AzureLogin;

    /// <summary>A shared access signature, with or without the question mark.</summary>
    public sealed record Signature(LoginSource<string> Source) : AzureLogin;
}
