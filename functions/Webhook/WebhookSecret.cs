using Mirror.Storage;

namespace Mirror.Functions.Webhook;

/// <summary>The secret that signs webhooks. It is read again when a signature does not match, since it may have been rotated.</summary>
internal sealed class WebhookSecret(TimeProvider time)
{
    /// <summary>Anyone can send wrong signatures, and they must not cause unlimited requests to a vault that mirrors need too.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly Lock _turn = new();
    private long? _readAgain;

    public async Task<bool> IsSignerAsync(Proof proof, ReadOnlyMemory<byte> body, Func<LoginAge, ValueTask<string>> read) =>
        proof.IsBy(await read(LoginAge.Any), body.Span)
        || (MayReadAgain() && proof.IsBy(await read(LoginAge.New), body.Span));

    private bool MayReadAgain()
    {
        lock (_turn)
        {
            if (_readAgain is { } last && time.GetElapsedTime(last) < Pause)
            {
                return false;
            }
            _readAgain = time.GetTimestamp();
            return true;
        }
    }
}
