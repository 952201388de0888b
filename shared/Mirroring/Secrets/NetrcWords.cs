using System.Text;

namespace Mirror.Mirroring;

/// <summary>Splits a netrc file into words, separated by white space or in double quotes, with <c>\</c> as in curl.</summary>
internal sealed class NetrcWords(string text)
{
    private int _position;
    private int _line = 1;

    /// <summary>The line that the last word began on.</summary>
    private int _wordLine = 1;

    /// <summary>The next word, or null at the end. Where a keyword may be, <c>#</c> begins a comment.</summary>
    public string? NextKeyword()
    {
        SkipWhiteSpace();
        while (Peek() == '#')
        {
            SkipLine();
            SkipWhiteSpace();
        }
        return Peek() is null ? null : NextWord();
    }

    /// <summary>The value of a keyword, which may begin with <c>#</c>.</summary>
    public string NextValue()
    {
        SkipWhiteSpace();
        return Peek() is null ? throw Malformed("nothing follows the last word") : NextWord();
    }

    /// <summary>A macro ends at an empty line.</summary>
    public void SkipToEmptyLine()
    {
        SkipLine();
        while (Peek() is not (null or '\n') && !(Peek() == '\r' && _position + 1 < text.Length && text[_position + 1] == '\n'))
        {
            SkipLine();
        }
    }

    public FormatException Malformed(string what) => new($"{_wordLine}: {what}");

    private string NextWord()
    {
        _wordLine = _line;
        if (Peek() == '"')
        {
            return NextQuoted();
        }
        var start = _position;
        while (Peek() is { } character && !char.IsWhiteSpace(character))
        {
            _position++;
        }
        return text[start.._position];
    }

    private string NextQuoted()
    {
        var word = new StringBuilder();
        for (_position++; Peek() is { } character && character is not ('\n' or '\r'); _position++)
        {
            if (character == '"')
            {
                _position++;
                return word.ToString();
            }
            if (character == '\\')
            {
                _position++;
                character = Unescape(Peek() is { } next and not '\n' ? next : throw Malformed("a quote that is not closed"));
            }
            word.Append(character);
        }
        throw Malformed("a quote that is not closed");
    }

    private static char Unescape(char character) => character switch
    {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => character,
    };

    private char? Peek() => _position < text.Length ? text[_position] : null;

    private void SkipWhiteSpace()
    {
        for (; Peek() is { } character && char.IsWhiteSpace(character); _position++)
        {
            _line += character == '\n' ? 1 : 0;
        }
    }

    private void SkipLine()
    {
        while (Peek() is { } character)
        {
            _position++;
            if (character == '\n')
            {
                _line++;
                return;
            }
        }
    }
}
