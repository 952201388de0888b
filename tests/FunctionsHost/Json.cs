using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost;

/// <summary>How the host, which uses another library, reads and writes JSON.</summary>
internal static class Json
{
    public static JsonNodeOptions AnyCase { get; } = new() { PropertyNameCaseInsensitive = true };

    public static JsonDocumentOptions Tolerant { get; } = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Escapes only what must be.</summary>
    public static JsonSerializerOptions Plain { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
