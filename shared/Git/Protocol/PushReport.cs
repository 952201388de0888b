namespace Mirror.Git;

/// <summary>The remote's report on a push.</summary>
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

    /// <summary>Why the remote did not accept the pack, or null. If it did not, no ref has moved.</summary>
    public string? UnpackError { get; internal set; }

    /// <summary>The remote's messages for people: output of hooks, a full disk.</summary>
    public IReadOnlyCollection<string> Messages { get; internal set; } = [];

    /// <summary>Whether the remote reports that every ref has moved as asked.</summary>
    public bool IsComplete => UnpackError is null && Array.TrueForAll(_verdicts, verdict => verdict == Verdict.Accepted);

    /// <summary>Whether the remote reports that this ref has moved as asked.</summary>
    public bool Accepted(RefName name) =>
        UnpackError is null && _indexes.Value.TryGetValue(name, out var index) && _verdicts[index] == Verdict.Accepted;

    /// <summary>Refs that the remote refused, each with its reason.</summary>
    public IReadOnlyDictionary<RefName, string> Refused => _refused;

    /// <summary>Refs that the remote did not report on, or that its hooks moved elsewhere.</summary>
    public IEnumerable<RefName> Unknown => _commands.Where((_, i) => _verdicts[i] == Verdict.Unknown).Select(command => command.Name);

    internal int CommandCount => _commands.Count;

    /// <summary>Selects the ref that the next line of the report is about; false if it is not in the push.</summary>
    internal bool TrySelect(ReadOnlySpan<byte> name)
    {
        // Servers report in the order of the commands. So the next command nearly always fits, and its name needs no string.
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

    /// <summary>The selected command, if any.</summary>
    internal RefCommand? Selected => _last < 0 ? null : _commands[_last];

    /// <summary>A refusal is final, even if the report later accepts the same ref.</summary>
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
