using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Mirror.Mirroring;

/// <summary>Builds the tree of one YAML document from the parser's events.</summary>
/// <remarks>Not the library's own tree, which loses the places of duplicate keys, expands aliases without a limit, and recurses until the
/// stack overflows.</remarks>
internal sealed class YamlTree
{
    /// <summary>The deepest valid file has six levels. Deeper ones up to this limit get a precise error.</summary>
    internal const int MaxDepth = 32;

    private readonly Parser _parser;
    private readonly ErrorList _errors;

    private YamlTree(string text, ErrorList errors)
    {
        _parser = new Parser(new StringReader(text));
        _errors = errors;
    }

    public static YamlValue Parse(string text, ErrorList errors)
    {
        RefuseControlCharacters(text, errors);
        return new YamlTree(text, errors).ReadDocument();
    }

    private YamlValue ReadDocument()
    {
        Next<StreamStart>();
        if (MoveNext() && _parser.Current is not DocumentStart)
        {
            throw _errors.Fatal(new Position(1, 1), "the file is empty");
        }
        MoveNext();
        var root = ReadValue(depth: 1);
        Next<DocumentEnd>();
        return MoveNext() && _parser.Current is DocumentStart second
            ? throw _errors.Fatal(At(second.Start), "a second document begins here: a configuration is one")
            : root;
    }

    /// <summary>Reads the value that begins with the current event. Afterwards its last event is current.</summary>
    private YamlValue ReadValue(int depth)
    {
        var start = _parser.Current!;
        if (depth > MaxDepth)
        {
            throw _errors.Fatal(At(start.Start), $"nested deeper than {MaxDepth} levels");
        }
        if (start is NodeEvent { Tag.IsEmpty: false })
        {
            _errors.Add(At(start.Start), "YAML tags are not supported");
        }
        return start switch
        {
            Scalar scalar => new YamlText(At(start.Start), scalar.Value, scalar.Style == ScalarStyle.Plain),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            AnchorAlias => throw _errors.Fatal(At(start.Start), "YAML aliases are not supported: write the value out"),
            _ => throw _errors.Fatal(At(start.Start), "not valid YAML: a value is missing"),
        };
    }

    private YamlList ReadList(int depth)
    {
        var at = At(_parser.Current!.Start);
        var items = new List<YamlValue>();
        while (MoveNext() && _parser.Current is not SequenceEnd)
        {
            items.Add(ReadValue(depth + 1));
        }
        return new YamlList(at, items);
    }

    private YamlMap ReadMap(int depth)
    {
        var at = At(_parser.Current!.Start);
        var entries = new Dictionary<string, YamlEntry>();
        while (MoveNext() && _parser.Current is not MappingEnd)
        {
            var key = ReadValue(depth + 1);
            MoveNext();
            AddEntry(entries, key, ReadValue(depth + 1));
        }
        return new YamlMap(at, entries);
    }

    private void AddEntry(Dictionary<string, YamlEntry> entries, YamlValue key, YamlValue value)
    {
        if (key is not YamlText { Value: var name })
        {
            _errors.Add(key.At, $"a key is a single value, not {key.Kind}");
        }
        else if (!entries.TryAdd(name, new YamlEntry(key.At, value)))
        {
            _errors.Add(key.At, $"duplicate {Spelling.Key(name)}: it is on line {entries[name].KeyAt.Line} already");
        }
    }

    private bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (YamlException exception)
        {
            throw _errors.Fatal(At(exception.Start), $"not valid YAML: {Lowered(exception.Message)}");
        }
        catch (Exception exception) when (
            exception is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException)
        {
            // The scanner also fails with these exceptions, for instance at "? [ LF >" and at "!!]", and then without a place.
            throw _errors.Fatal(At(_parser.Current?.End ?? Mark.Empty), "not valid YAML after this");
        }
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (!MoveNext() || _parser.Current is not T)
        {
            throw _errors.Fatal(new Position(1, 1), "not valid YAML");
        }
    }

    /// <summary>The parser takes NUL for the end of the file, so the rest would not be read.</summary>
    private static void RefuseControlCharacters(string text, ErrorList errors)
    {
        var position = new Position(1, 1);
        foreach (var character in text)
        {
            if (char.IsControl(character) && character is not ('\t' or '\n' or '\r'))
            {
                throw errors.Fatal(position, $"a control character, U+{(int)character:X4}");
            }
            position = character == '\n' ? new Position(position.Line + 1, 1) : position with { Column = position.Column + 1 };
        }
    }

    private static string Lowered(string sentence) =>
        string.Concat(sentence[..1].ToLowerInvariant(), sentence.AsSpan(1)).Replace("  ", " ", StringComparison.Ordinal).TrimEnd('.');

    private static Position At(Mark mark) => new((int)mark.Line, (int)mark.Column);
}
