namespace Mirror.Functions.Status;

/// <summary>Addresses below <c>/api/status</c>. A function key from the address is added to each link,
/// which would not open without it.</summary>
internal sealed record StatusLinks(string? Code)
{
    public const string Root = "/api/status";

    public string Overview(StatusFilter filter) => Root + Query(
        ("state", filter.Condition is { } condition ? ConditionWords.Word(condition) : null), ("name", filter.Name), ("code", Code));

    /// <summary>Slashes are not encoded, since proxies treat encoded ones differently.</summary>
    public string Mirror(string name) =>
        $"{Root}/mirror/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}{Query(("code", Code))}";

    public string PutBack(string queue) => $"{Root}/poison{Query(("queue", queue), ("code", Code))}";

    public string Json => $"{Root}/json{Query(("code", Code))}";

    public string Metrics => $"{Root}/metrics{Query(("code", Code))}";

    private static string Query(params (string Name, string? Value)[] fields)
    {
        var given = fields.Where(field => !string.IsNullOrEmpty(field.Value))
            .Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value!)}");
        return string.Join('&', given) is { Length: > 0 } query ? $"?{query}" : "";
    }
}
