using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The reasons for refused refs of one push, in the target's words. A push may have very many refs, and a target may send long messages.
/// So only a limited number of texts of limited size is kept, which the refs share.
/// </summary>
/// <param name="messages">The target's messages for people.</param>
internal sealed class RefusalWords(IReadOnlyCollection<string> messages)
{
    /// <summary>
    /// The limit of a text, in characters. People read its beginning; the target's own log has the whole output of a hook.
    /// </summary>
    public const int MaxSize = 1000;

    // Some servers include the ref's name in the reason, so every reason is different.
    private const int MaxCount = 100;

    private const string Unkept = "refused, in other words than the refs before it";

    // git's words for missing objects. Callers decide by them, so they are kept even beyond the limit.
    private const string LacksObjects = "missing necessary objects";

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    public string Of(string reason)
    {
        if (_texts.TryGetValue(reason, out var known))
        {
            return known;
        }
        return _texts.Count < MaxCount ? _texts[reason] = Cut(WithMessages(reason))
            : PushRefusals.Of(reason) == PushRefusal.MissingObjects ? LacksObjects
            : Unkept;
    }

    /// <summary>A hook's refusal only says "pre-receive hook declined", so the hook's output is added.</summary>
    private string WithMessages(string reason) =>
        messages.Count > 0 && PushRefusals.Of(reason) is PushRefusal.WholePushByHook or PushRefusal.RefByHook
            ? $"{reason}: {string.Join("; ", messages)}"
            : reason;

    /// <summary>Cuts between two words: half a secret could no longer be recognised and redacted.</summary>
    private static string Cut(string text) =>
        text.Length <= MaxSize ? text
        : text.LastIndexOf(' ', MaxSize) is > 0 and var end ? $"{text[..end]} …"
        : "refused, in words without a space between them";
}
