using Mirror.Functions.Serving;

namespace Mirror.Functions.Webhook;

/// <summary>The log of webhooks. Anyone can call them at any rate, so each kind of warning is written at most once a minute, with the
/// number of those left out.</summary>
internal sealed class WebhookLog(HostLog log, TimeProvider time)
{
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Separate limits, so that refused requests cannot hide faults of our own.
    private readonly Turn _refusals = new(time);
    private readonly Turn _faults = new(time);

    public void Say(Forge forge, string text) => log.Say($"webhook {forge}: {text}");

    /// <summary>A fault of our own.</summary>
    public void Warn(Forge forge, string text) => Warn(_faults, forge, text);

    /// <summary>A fault of a request.</summary>
    public void Refuse(Forge forge, string reason) => Warn(_refusals, forge, $"refused: {reason}");

    private void Warn(Turn turn, Forge forge, string text)
    {
        if (turn.Take() is { } leftOut)
        {
            log.Warn($"warning: webhook {forge}: "
                + $"{text}{(leftOut == 0 ? "" : $" (and {leftOut} before it, since the last that was told)")}");
        }
    }

    private sealed class Turn(TimeProvider time)
    {
        private readonly Lock _one = new();
        private long? _warned;
        private int _leftOut;

        /// <summary>The number of warnings left out before this one; null if this one is left out too.</summary>
        public int? Take()
        {
            lock (_one)
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
}
