using System.Text.Json;

namespace Mirror.Functions.Webhook;

/// <summary>The body of a request, which names a repository. What changed there is read from the source itself.</summary>
internal static class Payload
{
    // docs.github.com, "Webhook events and payloads": the repository of every event that has one.
    private static readonly string[] OfGitHub = ["clone_url", "ssh_url", "git_url", "html_url"];

    // docs.gitlab.com, "Webhook events": the project of every event; http_url and ssh_url are older names.
    private static readonly string[] OfGitLab = ["git_http_url", "git_ssh_url", "http_url", "ssh_url", "web_url"];

    /// <summary>Every address of the repository; none if the event has no repository, such as those of an organisation.</summary>
    /// <exception cref="FormatException">The body is not an event.</exception>
    public static IReadOnlyList<RepositoryAddress> Read(Forge forge, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var urls = forge switch
            {
                Forge.GitHub => Texts(document.RootElement, "repository", OfGitHub),
                Forge.GitLab => Texts(document.RootElement, "project", OfGitLab),
                _ => [document.RootElement.GetProperty("repository").GetString() ?? throw new FormatException("no URL")],
            };
            return [.. urls.Select(RepositoryAddress.TryParse).OfType<RepositoryAddress>().Distinct()];
        }
        // A value that is not an object, not a text or not Unicode raises InvalidOperationException.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new FormatException(forge == Forge.Generic
                ? "the body is not {\"repository\": \"URL\"}"
                : $"the body is not an event of {forge} in JSON: choose application/json where the webhook is set up", wrong);
        }
    }

    private static IEnumerable<string> Texts(JsonElement root, string name, string[] fields)
    {
        if (!root.TryGetProperty(name, out var part) || part.ValueKind == JsonValueKind.Null)
        {
            return [];
        }
        return [.. fields.Select(field => part.TryGetProperty(field, out var value) ? value.GetString() : null).OfType<string>()];
    }
}
