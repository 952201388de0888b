namespace Mirror.Storage.S3;

/// <summary>What others say, as we take it and as our messages may repeat it.</summary>
internal static class S3Text
{
    private const int MaxSize = 200;

    /// <summary>The first line of it, printable and not too long.</summary>
    public static string Line(string text)
    {
        var line = new string([.. text.Trim().TakeWhile(c => c is not ('\r' or '\n')).Select(c => char.IsControl(c) ? '?' : c)]);
        return line.Length > MaxSize ? $"{line[..MaxSize]}…" : line;
    }

    /// <summary>Some servers write it with quotes, some without, and Amazon does
    /// both. A page for people, with status 200, has none.</summary>
    public static string ETag(string? etag) => string.IsNullOrEmpty(etag) ? throw NoAnswer() : etag.Trim('"');

    public static string Quoted(string etag) => $"\"{etag}\"";

    public static IOException NoAnswer() => new("what answers is no S3 server, or something on the way answered in its place");
}
