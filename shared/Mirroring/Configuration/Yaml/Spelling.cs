namespace Mirror.Mirroring;

/// <summary>Guesses the meaning of an unknown word.</summary>
public static class Spelling
{
    // Longer than any known key, and shorter than a token pasted in the wrong place.
    private const int MaxQuotedKeySize = 32;

    /// <summary>The known word with the fewest edits, if they are few enough for a typing error; null if there is none.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
    {
        var nearest = known.MinBy(candidate => Distance(word, candidate));
        return nearest is not null && Distance(word, nearest) <= Math.Max(1, nearest.Length / 3) ? nearest : null;
    }

    internal static string Key(string name) =>
        name.Length <= MaxQuotedKeySize && !name.AsSpan().ContainsAny("@:/") ? $"key {Quoted.Value(name)}" : "key";

    /// <summary>The edit distance with insertions, deletions, replacements and swapped neighbours (optimal string alignment).</summary>
    internal static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > MaxQuotedKeySize)
        {
            return int.MaxValue;
        }
        var table = new int[left.Length + 1, right.Length + 1];
        for (var i = 0; i <= left.Length; i++)
        {
            for (var j = 0; j <= right.Length; j++)
            {
                table[i, j] = i == 0 || j == 0 ? i + j : Cheapest(table, left, right, (i, j));
            }
        }
        return table[left.Length, right.Length];
    }

    private static int Cheapest(int[,] table, string left, string right, (int I, int J) cell)
    {
        var (i, j) = cell;
        var cost = left[i - 1] == right[j - 1] ? 0 : 1;
        var cheapest = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + cost);
        return i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]
            ? Math.Min(cheapest, table[i - 2, j - 2] + 1)
            : cheapest;
    }
}
