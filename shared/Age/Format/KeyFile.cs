namespace Mirror.Age.Format;

/// <summary>A key file as age-keygen(1) writes it: one key per line, blank lines and comments.</summary>
internal static class KeyFile
{
    public static IReadOnlyList<T> Parse<T>(string text, Func<string, T> parse)
    {
        var keys = new List<T>();
        foreach (var (index, line) in text.Split('\n').Index())
        {
            if (line.Trim() is { Length: > 0 } key && key[0] != '#')
            {
                keys.Add(ParseLine(key, index + 1, parse));
            }
        }
        return keys.Count > 0 ? keys : throw new AgeKeyException("there is no key in it");
    }

    private static T ParseLine<T>(string line, int number, Func<string, T> parse)
    {
        try
        {
            return parse(line);
        }
        catch (AgeKeyException failure)
        {
            throw new AgeKeyException($"line {number}: {failure.Message}", failure);
        }
    }
}
