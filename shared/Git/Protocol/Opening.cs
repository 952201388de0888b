using System.Text;
using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>
/// The first thing that a server says, gitprotocol-pack(5) and gitprotocol-v2(5). Version 2 lists capabilities only; earlier versions
/// list the refs at once:
/// <code>
/// # service=git-upload-pack LF, flush        over HTTP, and there not from every server
/// version 1 LF                               version 1 alone
/// oid SP name NUL capabilities LF            or zeros and capabilities^{} where there are no refs
/// oid SP name LF …                           name^{} for what the tag before it leads to
/// shallow oid LF …
/// flush
/// </code>
/// </summary>
internal sealed record Opening(int Version, Capabilities Capabilities, RefListing? Listing)
{
    /// <summary>Whether a server before version 2 says that its repository is shallow.
    /// A server of version 2 says so in the answer to a fetch.</summary>
    public bool IsShallow { get; private init; }

    public static async Task<Opening> ReadAsync(PktReader reader, IReadOnlyCollection<RefPattern>? patterns, CancellationToken cancellation)
    {
        reader.Expect(Awaited.Refs);
        var line = await ReadLineAsync(reader, cancellation);
        if (line.Payload.Span.StartsWith("# service="u8))
        {
            line = await ReadLineAsync(reader, cancellation);
            if (line.Kind == PktKind.Flush)
            {
                line = await ReadLineAsync(reader, cancellation);
            }
        }
        if (line.Text.SequenceEqual("version 2"u8))
        {
            return new Opening(2, await ReadCapabilityLinesAsync(reader, cancellation), Listing: null);
        }
        var version = 0;
        if (line.Text.SequenceEqual("version 1"u8))
        {
            version = 1;
            line = await ReadLineAsync(reader, cancellation);
        }
        var refs = new RefAdvertisement(patterns);
        for (; line.Kind == PktKind.Data; line = await ReadLineAsync(reader, cancellation))
        {
            if (refs.Add(line.Text))
            {
                reader.Count(line.Payload.Length);
            }
        }
        return new Opening(version, refs.Capabilities, refs.ToListing()) { IsShallow = refs.IsShallow };
    }

    private static ValueTask<PktLine> ReadLineAsync(PktReader reader, CancellationToken cancellation) =>
        reader.ReadDataOrFlushAsync("before the list of refs was complete", cancellation);

    private static async Task<Capabilities> ReadCapabilityLinesAsync(PktReader reader, CancellationToken cancellation)
    {
        // git has about ten capabilities. A list without end is not from a Git server.
        const int maxCount = 1000;
        var lines = new List<string>();
        while (await ReadLineAsync(reader, cancellation) is { Kind: PktKind.Data } line)
        {
            lines.Add(Encoding.UTF8.GetString(line.Text));
            if (lines.Count > maxCount)
            {
                throw GitProtocolException.Malformed($"more than {maxCount} capabilities");
            }
        }
        return Capabilities.OfLines(lines);
    }
}
