namespace Mirror.Git;

/// <summary>What the remote says became of a push.</summary>
public sealed class PushReport
{
    private readonly IReadOnlyList<RefCommand> _commands;
    private readonly Verdict[] _verdicts;
    private readonly Dictionary<RefName, string> _refused = [];
    private readonly Lazy<Dictionary<RefName, int>> _indexes;
    private int _last = -1;

    internal PushReport(IReadOnlyList<RefCommand> commands)
    {
        _commands = commands;
        _verdicts = new Verdict[commands.Count];
        _indexes = new(() => Enumerable.Range(0, commands.Count).ToDictionary(i => commands[i].Name));
    }

    private enum Verdict : byte
    {
        Unknown,
        Accepted,
        Refused,
    }

    /// <summary>Why the pack was not taken, or null. Then no ref has moved.</summary>
    public string? UnpackError { get; internal set; }

    /// <summary>What the remote said for people while it worked: a hook's words, a full disk.</summary>
    public IReadOnlyCollection<string> Messages { get; internal set; } = [];

    /// <summary>Whether the remote says that it has moved every ref as asked.</summary>
    public bool IsComplete => UnpackError is null && Array.TrueForAll(_verdicts, verdict => verdict == Verdict.Accepted);

    /// <summary>Whether the remote says that it has moved this ref as asked.</summary>
    public bool Accepted(RefName name) =>
        UnpackError is null && _indexes.Value.TryGetValue(name, out var index) && _verdicts[index] == Verdict.Accepted;

    /// <summary>Refs that the remote refused, each with its reason.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>Refs of which the remote said nothing, or that its hooks moved elsewhere than asked.</summary>
    public IEnumerable<RefName> Unknown => _commands.Where((_, i) => _verdicts[i] == Verdict.Unknown).Select(command => command.Name);

    internal int CommandCount => _commands.Count;

    /// <summary>Makes a ref of this push the one that is spoken of; false if it is not one of them.</summary>
    internal bool TrySelect(ReadOnlySpan<byte> name)
    {
        // Servers report in the order of the commands, so the next one it is, nearly always, and needs no string of its own.
        var next = _last + 1;
        if (next < _commands.Count && name.SequenceEqual(_commands[next].Name.Utf8))
        {
            _last = next;
            return true;
        }
        if (!RefName.TryParse(name, out var parsed) || !_indexes.Value.TryGetValue(parsed, out var index))
        {
            return false;
        }
        _last = index;
        return true;
    }

    /// <summary>The command that is spoken of, if any has been.</summary>
    internal RefCommand? Selected => _last < 0 ? null : _commands[_last];

    /// <summary>A refusal stands, whatever is said of the same ref afterwards.</summary>
    internal void Accept()
    {
        if (_verdicts[_last] != Verdict.Refused)
        {
            _verdicts[_last] = Verdict.Accepted;
        }
    }

    internal void Refuse(string reason)
    {
        _verdicts[_last] = Verdict.Refused;
        _refused[_commands[_last].Name] = reason;
    }

    internal void Forget() => _verdicts[_last] = Verdict.Unknown;
}
