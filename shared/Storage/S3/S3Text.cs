namespace Mirror.Storage.S3;

/// <summary>Normalises text from servers, and quotes it for messages.</summary>
internal static class S3Text
{
    private const int MaxSize = 200;

    /// <summary>The first line, printable, and cut if it is long.</summary>
    public static string Line(string text)
    {
        var line = new string([.. text.Trim().TakeWhile(c => c is not ('\r' or '\n')).Select(c => char.IsControl(c) ? '?' : c)]);
        return line.Length > MaxSize ? $"{line[..MaxSize]}…" : line;
    }

    /// <summary>An ETag without quotes. Some servers send quotes, some do not, and Amazon does both.
    /// An HTML page with status 200 has no ETag.</summary>
    public static string ETag(string? etag) => string.IsNullOrEmpty(etag) ? throw NoAnswer() : etag.Trim('"');

    public static string Quoted(string etag) => $"\"{etag}\"";

    public static IOException NoAnswer() => new("what answers is no S3 server, or something on the way answered in its place");
}
