using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>What is waited for in an answer.</summary>
internal enum Awaited
{
    Refs,
    Pack,
    Report,

    /// <summary>The end of a connection that has said all that matters.</summary>
    End,
}

/// <summary>
/// A limit on what an answer may cost for what it brings. <see cref="WaitLimit"/> ends silence; this ends an answer that is not silent and
/// comes to nothing: progress without end, empty packets, lines that say nothing, a pack at a byte a second. The reader says what came, and
/// the decoders what of it was of use: bytes of a pack, refs, lines of a report. So anything else that a server can say is limited, too.
/// </summary>
/// <remarks>Only the time inside reads counts: a source is not to blame for a slow target.</remarks>
internal sealed class AnswerLimit(RemoteSettings settings)
{
    /// <summary>Bytes of use in a second, on average over the limit of silence. git's http.lowSpeedLimit is usually set to this.</summary>
    public const int MinPace = 1000;

    /// <summary>Progress, keep-alives and lines of no use in one answer, beside as much again as was of use. Real servers send kilobytes;
    /// a hook that prints a log sends megabytes.</summary>
    public const long MaxIdleSize = 16 * 1024 * 1024;

    private Awaited _awaited;
    private TimeSpan _waited;
    private long _size;
    private long _usefulSize;
    private long _usefulSizeInTime;

    // Reads are counted from here on: never, while it is not the far side's turn.
    private long _countedFrom = long.MinValue;

    // A report is short, and where it has begun hooks may still be at work before it goes on.
    private bool IsPaced => _usefulSize > 0 && _awaited is Awaited.Refs or Awaited.Pack;

    private TimeSpan TimeLimit => IsPaced ? settings.Silence : _awaited switch
    {
        Awaited.Refs => settings.Silence,
        Awaited.Pack => settings.Preparation,
        Awaited.Report => settings.ReportLimit,
        _ => settings.ReportSilence,
    };

    /// <summary>Begins anew, for another answer or another part of it.</summary>
    public void Expect(Awaited awaited)
    {
        _awaited = awaited;
        _waited = TimeSpan.Zero;
        (_size, _usefulSize, _usefulSizeInTime) = (0, 0, 0);
    }

    /// <summary>Says that so much of what came was what is awaited.</summary>
    public void Count(int size)
    {
        if (_awaited == Awaited.End || size == 0)
        {
            return;
        }
        if (_usefulSize == 0)
        {
            // The wait for the beginning is over; from here on it is the pace that counts.
            _waited = TimeSpan.Zero;
        }
        _usefulSize += size;
        _usefulSizeInTime += size;
    }

    /// <summary>Before a read: throws if what came so far was not worth the wait.</summary>
    /// <returns>When the read began.</returns>
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

    /// <summary>After a read that brought so many bytes of any kind.</summary>
    public void EndRead(long began, int size)
    {
        _size += size;
        var (from, now) = (Math.Max(began, Volatile.Read(ref _countedFrom)), settings.Time.GetTimestamp());
        if (from < now)
        {
            _waited += settings.Time.GetElapsedTime(from, now);
        }
    }

    /// <summary>It is not the far side's turn: while we send it may take its time.</summary>
    public void Pause() => Volatile.Write(ref _countedFrom, long.MaxValue);

    /// <summary>It is the far side's turn. Said by the one who sends, while another reads.</summary>
    public void Resume() => Volatile.Write(ref _countedFrom, settings.Time.GetTimestamp());

    private string Name => _awaited.ToString().ToLowerInvariant();

    private void CheckPace()
    {
        var seconds = _waited.TotalSeconds;
        if (!IsPaced && _awaited == Awaited.Pack)
        {
            // Asked again, the source counts again, from the beginning.
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
