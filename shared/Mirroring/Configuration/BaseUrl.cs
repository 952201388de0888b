using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The URL before <c>/group/project_name.git</c>.</summary>
public sealed record BaseUrl
{
    // Never shown: from the environment it may contain a password.
    private readonly string _text;
    private readonly string _directory;

    private BaseUrl(string text, string directory)
    {
        _text = text;
        _directory = directory;
    }

    /// <summary>Replaces a base URL that was reported as wrong, so that not every mirror reports it again.</summary>
    internal static BaseUrl Unusable { get; } = new("https://unusable.invalid", "/");

    internal static BaseUrl Parse(string text, string directory)
    {
        var trimmed = text.TrimEnd('/');
        var @base = new BaseUrl(trimmed.Length > 0 ? trimmed : throw new FormatException("is empty"), directory);
        @base.Combine("_");
        return @base;
    }

    /// <summary>The URL of <c>group/project_name</c>. <see cref="FormatException"/> for a name that would lead elsewhere.</summary>
    public RemoteUrl Combine(string name) => RemoteUrl.Parse($"{_text}/{MirrorName.CheckInUrl(name)}.git", _directory);

    public override string ToString() => Combine("_").ToString()[..^"/_.git".Length];
}
