namespace Mirror.Mirroring;

/// <summary>A place in a file, counted from 1.</summary>
internal readonly record struct Position(int Line, int Column)
{
    /// <summary>The file as a whole.</summary>
    public static readonly Position None;
}

/// <summary>A part of a YAML document, with its place in the file.</summary>
internal abstract record YamlValue(Position At)
{
    public abstract string Kind { get; }
}

/// <summary>A scalar. It stays text until a reader converts it, so a branch may be called <c>1.0</c>.</summary>
internal sealed record YamlText(Position At, string Value, bool IsPlain) : YamlValue(At)
{
    public override string Kind => "a single value";

    public bool IsNull => IsPlain && Value is ("" or "~" or "null" or "Null" or "NULL");
}

internal sealed record YamlList(Position At, IReadOnlyList<YamlValue> Items) : YamlValue(At)
{
    public override string Kind => "a list";
}

internal sealed record YamlMap(Position At, IReadOnlyDictionary<string, YamlEntry> Entries) : YamlValue(At)
{
    public override string Kind => "a mapping";
}

internal readonly record struct YamlEntry(Position KeyAt, YamlValue Value);
