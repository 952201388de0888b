using Mirror.Functions.Serving;

namespace Mirror.Functions.Webhook;

/// <summary>What webhooks say. Anybody can call them as often as he likes: of their warnings there is one a minute, and how many were left out.</summary>
internal sealed class WebhookLog(HostLog log, TimeProvider time)
{
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Lock _turn = new();
    private long? _warned;
    private int _leftOut;

    public void Say(Forge forge, string text) => log.Say($"webhook {forge}: {text}");

    public void Warn(Forge forge, string text)
    {
        if (TakeTurn() is { } leftOut)
        {
            log.Warn($"warning: webhook {forge}: {text}{(leftOut == 0 ? "" : $" (and {leftOut} before it, since the last that was told)")}");
        }
    }

    /// <summary>How many were left out before this one; null where it is left out too.</summary>
    private int? TakeTurn()
    {
        lock (_turn)
        {
            if (_warned is { } last && time.GetElapsedTime(last) < Pause)
            {
                _leftOut++;
                return null;
            }
            var count = _leftOut;
            (_warned, _leftOut) = (time.GetTimestamp(), 0);
            return count;
        }
    }
}
