using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// Why refs of one push were refused, in the target's words. A push may have very many refs, and a target may say much: all that is kept of
/// one push is a bounded number of texts of a bounded size, which its refs share.
/// </summary>
/// <param name="messages">What the target said for people.</param>
internal sealed class RefusalWords(IReadOnlyCollection<string> messages)
{
    /// <summary>
    /// How long a text may be, in characters. People read its beginning; what a hook wrote whole is in the target's own log.
    /// </summary>
    public const int MaxSize = 1000;

    // Some servers put the ref into the reason, which makes each of them another one.
    private const int MaxCount = 100;

    private const string Unkept = "refused, in other words than the refs before it";

    // Git's words, by which callers decide: they must not be lost.
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

    /// <summary>A hook's refusal is "pre-receive hook declined"; what it wrote for people says why.</summary>
    private string WithMessages(string reason) =>
        messages.Count > 0 && PushRefusals.Of(reason) is PushRefusal.WholePushByHook or PushRefusal.RefByHook
            ? $"{reason}: {string.Join("; ", messages)}"
            : reason;

    /// <summary>Cuts between two words: of half a secret nobody could tell later that it is one.</summary>
    private static string Cut(string text) =>
        text.Length <= MaxSize ? text
        : text.LastIndexOf(' ', MaxSize) is > 0 and var end ? $"{text[..end]} …"
        : "refused, in words without a space between them";
}
