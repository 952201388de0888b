namespace Mirror.Functions.Serving;

/// <summary>The app's name from the host, or else that of its storage account, which no two apps share. It is used in keys.</summary>
internal static class AppName
{
    // The name of a site has at most 60 characters, that of an account 24.
    private const int MaxSize = 60;

    private const string AccountField = "AccountName=";

    public static string Of(Func<string, string?> environment)
    {
        string?[] names =
        [
            environment("WEBSITE_SITE_NAME"),
            environment("AzureWebJobsStorage__accountName"),
            Uri.TryCreate(environment("AzureWebJobsStorage__queueServiceUri"), UriKind.Absolute, out var url)
                ? url.Host.Split('.')[0]
                : null,
            environment("AzureWebJobsStorage")?.Split(';')
                .FirstOrDefault(field => field.StartsWith(AccountField, StringComparison.OrdinalIgnoreCase))?[AccountField.Length..],
        ];
        var name = names.FirstOrDefault(name => !string.IsNullOrEmpty(name)) ?? "app";
        return string.Concat(name.Take(MaxSize).Select(
            character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '-'));
    }
}
