using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>What the next part of an answer must bring.</summary>
internal enum Awaited
{
    Refs,
    Pack,
    Report,

    /// <summary>The end of an answer, after all that matters.</summary>
    End,
}

/// <summary>
/// Limits the cost of an answer relative to its use. <see cref="WaitLimit"/> ends silence; this class ends an answer that is not silent
/// but does not get anywhere: endless progress, empty packets, lines without content, a pack at one byte a second. The reader counts the
/// bytes that came, and the decoders count those that were useful: bytes of a pack, refs, lines of a report. So anything else that a
/// server can send is limited as well.
/// </summary>
/// <remarks>Only the time inside reads counts, since a source is not responsible for a slow target.</remarks>
internal sealed class AnswerLimit(RemoteSettings settings)
{
    /// <summary>Useful bytes per second, on average over <see cref="RemoteSettings.Silence"/>.
    /// git's http.lowSpeedLimit is usually set to this value.</summary>
    public const int MinPace = 1000;

    /// <summary>How many bytes of progress, keep-alives and lines without use one answer may have, in addition to as many as were useful.
    /// Real servers send kilobytes; a hook that prints a log sends megabytes.</summary>
    public const long MaxIdleSize = 16 * 1024 * 1024;

    private Awaited _awaited;
    private TimeSpan _waited;
    private long _size;
    private long _usefulSize;
    private long _usefulSizeInTime;

    // Time counts from this timestamp on. MaxValue means paused: it is not the far side's turn.
    private long _countedFrom = long.MinValue;

    // A report has no minimum pace: it is short, and after its beginning hooks may still be running.
    private bool IsPaced => _usefulSize > 0 && _awaited is Awaited.Refs or Awaited.Pack;

    private TimeSpan TimeLimit => IsPaced ? settings.Silence : _awaited switch
    {
        Awaited.Refs => settings.Silence,
        Awaited.Pack => settings.Preparation,
        Awaited.Report => settings.ReportLimit,
        _ => settings.ReportSilence,
    };

    /// <summary>Starts the limit again, for another answer or the next part of it.</summary>
    public void Expect(Awaited awaited)
    {
        _awaited = awaited;
        _waited = TimeSpan.Zero;
        (_size, _usefulSize, _usefulSizeInTime) = (0, 0, 0);
    }

    /// <summary>Counts useful bytes.</summary>
    public void Count(int size)
    {
        if (_awaited == Awaited.End || size == 0)
        {
            return;
        }
        if (_usefulSize == 0)
        {
            // The wait for the beginning is over. From here on the pace counts.
            _waited = TimeSpan.Zero;
        }
        _usefulSize += size;
        _usefulSizeInTime += size;
    }

    /// <summary>Called before a read. Throws if the bytes so far do not justify the time.</summary>
    /// <returns>The timestamp at which the read began.</returns>
    public long BeginRead()
    {
        if (_size - _usefulSize > MaxIdleSize + _usefulSize)
        {
            throw GitProtocolException.Malformed(
                $"the answer is {_size} bytes of progress, empty packets and the like, and {_usefulSize} bytes of the {Name}");
        }
        if (_waited >= TimeLimit)
        {
            CheckPace();
        }
        return settings.Time.GetTimestamp();
    }

    /// <summary>Called after a read, with the number of bytes of any kind.</summary>
    public void EndRead(long began, int size)
    {
        _size += size;
        var (from, now) = (Math.Max(began, Volatile.Read(ref _countedFrom)), settings.Time.GetTimestamp());
        if (from < now)
        {
            _waited += settings.Time.GetElapsedTime(from, now);
        }
    }

    /// <summary>Stops the clock while we send, when it is not the far side's turn.</summary>
    public void Pause() => Volatile.Write(ref _countedFrom, long.MaxValue);

    /// <summary>Starts the clock again for the far side's turn. The sender calls this while another task reads.</summary>
    public void Resume() => Volatile.Write(ref _countedFrom, settings.Time.GetTimestamp());

    private string Name => _awaited.ToString().ToLowerInvariant();

    private void CheckPace()
    {
        var seconds = _waited.TotalSeconds;
        if (!IsPaced && _awaited == Awaited.Pack)
        {
            // Final, since a retry makes the source count from the beginning again.
            throw new GitProtocolException(RemoteFailure.Stalled,
                $"the pack did not begin in {_waited.TotalMinutes:0} min, with only progress and the like until then")
            {
                IsFinal = true,
                Advice = "the source counts its objects for longer than a run may take: keep a bitmap of them there (git repack -adb), "
                    + "or raise 'deadline' in the configuration",
            };
        }
        if (!IsPaced)
        {
            throw new GitProtocolException(RemoteFailure.Stalled, $"no {Name} for {seconds:0} s, only progress and the like");
        }
        if (_usefulSizeInTime < MinPace * seconds)
        {
            throw new GitProtocolException(RemoteFailure.Stalled,
                $"only {_usefulSizeInTime} bytes of the {Name} in {seconds:0} s");
        }
        (_waited, _usefulSizeInTime) = (TimeSpan.Zero, 0);
    }
}
