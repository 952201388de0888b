namespace Mirror.Mirroring;

/// <summary>A mapping with known keys. It reads each value as the expected type, and reports any other.</summary>
internal sealed class Section
{
    private readonly YamlMap _map;
    private readonly ErrorList _errors;
    private readonly HashSet<string> _misspelt = [];
    private readonly Dictionary<string, Section> _sections = [];

    private Section(YamlMap map, ErrorList errors)
    {
        _map = map;
        _errors = errors;
    }

    public Position At => _map.At;

    public static Section Open(YamlMap map, ErrorList errors, params IReadOnlyList<string> known)
    {
        var section = new Section(map, errors);
        foreach (var (key, entry) in map.Entries.Where(entry => !known.Contains(entry.Key)))
        {
            section.ReportUnknown(key, entry.KeyAt, known);
        }
        return section;
    }

    public bool Has(string key) => _map.Entries.ContainsKey(key);

    public Position KeyAt(string key) => _map.Entries[key].KeyAt;

    /// <summary>The value, or null if the key is missing or has no value.</summary>
    public YamlValue? Find(string key)
    {
        if (!_map.Entries.TryGetValue(key, out var entry))
        {
            return null;
        }
        if (entry.Value is YamlText { IsNull: true })
        {
            _errors.Add(entry.KeyAt, $"'{key}' has no value");
            return null;
        }
        return entry.Value;
    }

    /// <summary>Whether all of these keys exist. Each missing one is an error, unless a misspelt key was reported in its place.</summary>
    public bool Require(params IReadOnlyList<string> keys)
    {
        var missing = keys.Where(key => !Has(key)).ToList();
        missing.Where(key => !_misspelt.Contains(key)).ToList().ForEach(key => _errors.Add(At, $"missing key '{key}'"));
        return missing.Count == 0;
    }

    /// <summary>Reads a single value. <paramref name="parse"/> reports errors with <see cref="FormatException"/>.</summary>
    public T Read<T>(string key, T absent, Func<string, T> parse) =>
        Find(key) is { } value ? ReadText(key, value, absent, parse) : absent;

    public string? Text(string key) =>
        Read<string?>(key, null, text => text.Length > 0 ? text : throw new FormatException("is empty"));

    public bool Flag(string key, bool absent)
    {
        switch (Find(key))
        {
            case null:
                return absent;
            case YamlText { IsPlain: true, Value: "true" or "false" } text:
                return text.Value == "true";
            case var value:
                _errors.Add(value.At, $"'{key}' must be true or false");
                return absent;
        }
    }

    /// <summary>Reads a list of single values. Invalid ones are reported and left out.</summary>
    public IReadOnlyList<T> List<T>(string key, Func<string, T> parse) where T : class =>
        [.. Items(key).Select(item => ReadText<T?>(key, item, null, parse)).OfType<T>()];

    /// <summary>As above, each value with its place.</summary>
    public IReadOnlyList<Placed<T>> Placed<T>(string key, Func<string, T> parse) where T : class =>
        [.. Items(key).Select(item => (Value: ReadText<T?>(key, item, null, parse), item.At)).Where(item => item.Value is not null)
            .Select(item => _errors.Place(item.At, item.Value!))];

    /// <summary>A value with its place in the file.</summary>
    public Placed<T> Place<T>(string key, T value) => _errors.Place(_map.Entries[key].Value.At, value);

    /// <summary>Whether the key has any content: valid, invalid or under a misspelt key.</summary>
    /// <param name="section">The mapping below this one that would have the key; empty for this one.</param>
    public bool HasContent(string section, string key) => section.Length == 0
        ? HasContent(key)
        : _misspelt.Contains(section) || _sections.GetValueOrDefault(section)?.HasContent(key) == true;

    private bool HasContent(string key) => _misspelt.Contains(key)
        || (_map.Entries.TryGetValue(key, out var entry) && entry.Value is not YamlList { Items.Count: 0 });

    public IReadOnlyList<YamlValue> Items(string key)
    {
        var value = Find(key);
        if (value is not null and not YamlList)
        {
            _errors.Add(value.At, $"'{key}' must be a list, not {value.Kind}");
        }
        return (value as YamlList)?.Items ?? [];
    }

    public Section? Sub(string key, params IReadOnlyList<string> known)
    {
        var value = Find(key);
        if (value is not null and not YamlMap)
        {
            _errors.Add(value.At, $"'{key}' must be a mapping, not {value.Kind}");
        }
        return value is YamlMap map ? _sections[key] = Open(map, _errors, known) : null;
    }

    private T ReadText<T>(string key, YamlValue value, T absent, Func<string, T> parse)
    {
        try
        {
            return parse(Printable(value));
        }
        catch (FormatException exception)
        {
            _errors.Add(value.At, $"{key}: {exception.Message}");
            return absent;
        }
    }

    /// <summary>No value may have a line break or a NUL in it. If one has, it is a mistake or an attack.</summary>
    private static string Printable(YamlValue value) => value switch
    {
        YamlText { IsNull: true } => throw new FormatException("an entry has no value"),
        YamlText text when text.Value.Any(char.IsControl) => throw new FormatException("has a line break or control character"),
        YamlText text => text.Value,
        _ => throw new FormatException($"must be a single value, not {value.Kind}"),
    };

    private void ReportUnknown(string key, Position at, IReadOnlyList<string> known)
    {
        if (Spelling.Nearest(key, known) is { } nearest)
        {
            _misspelt.Add(nearest);
            _errors.Add(at, $"unknown {Spelling.Key(key)}: did you mean '{nearest}'?");
            return;
        }
        _errors.Add(at, $"unknown {Spelling.Key(key)}: known here are {string.Join(", ", known)}");
    }
}
