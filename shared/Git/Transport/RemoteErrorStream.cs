using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>A pack as the caller reads it. Read failures get the remote's name, like all others.</summary>
internal sealed class RemoteErrorStream(Stream inner, Dialogue dialogue, string stage) : ReadOnlyStream
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception failure) when (Dialogue.IsExplicable(failure))
        {
            throw await dialogue.ExplainAsync(stage, failure);
        }
    }
}
