using Mirror.Streams;

namespace Mirror.Git.Protocol;

/// <summary>
/// The first band of a side-band as a stream, gitprotocol-pack(5). Each pkt-line begins with a band number: 1 for data, 2 for progress, 3
/// for an error message before the server gives up. A flush ends the stream.
/// </summary>
internal sealed class SidebandStream(PktReader reader, ProgressText progress) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _rest;
    private bool _ended;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_rest.IsEmpty && !_ended)
        {
            await NextAsync(cancellationToken);
        }
        var size = Math.Min(buffer.Length, _rest.Length);
        _rest[..size].CopyTo(buffer);
        _rest = _rest[size..];
        return size;
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        _rest = default;
        var line = await reader.ReadAsync(cancellation);
        switch (line.Kind)
        {
            case PktKind.Flush:
                _ended = true;
                progress.End();
                return;
            case PktKind.EndOfStream:
                progress.End();
                throw GitProtocolException.Truncated("inside the side-band");
            case PktKind.Data when line.Payload.Length > 0:
                Take(line.Payload);
                return;
            default:
                throw GitProtocolException.Malformed("a side-band packet without a band");
        }
    }

    private void Take(ReadOnlyMemory<byte> packet)
    {
        switch (packet.Span[0])
        {
            case 1:
                _rest = packet[1..];
                reader.Count(_rest.Length);
                break;
            case 2:
                progress.Append(packet.Span[1..]);
                break;
            case 3:
                throw GitProtocolException.Refused(packet.Span[1..]);
            case var band:
                // A server that forgot its side-band and begins the pack at once also fails here.
                throw GitProtocolException.Malformed($"side-band {band} does not exist");
        }
    }
}
