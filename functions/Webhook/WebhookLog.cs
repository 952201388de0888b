using Mirror.Functions.Serving;

namespace Mirror.Functions.Webhook;

/// <summary>What webhooks say. Anybody can call them, as often as they like: of each kind
/// of warning there is one a minute, and how many were left out.</summary>
internal sealed class WebhookLog(HostLog log, TimeProvider time)
{
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // Apart: who sends what is refused must not be able to hide what is wrong with us.
    private readonly Turn _refusals = new(time);
    private readonly Turn _faults = new(time);

    public void Say(Forge forge, string text) => log.Say($"webhook {forge}: {text}");

    /// <summary>What is wrong with us.</summary>
    public void Warn(Forge forge, string text) => Warn(_faults, forge, text);

    /// <summary>What is wrong with a request.</summary>
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

        /// <summary>How many were left out before this one; null where it is left out too.</summary>
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
