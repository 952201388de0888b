namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>Valid JSON with pieces lost, doubled, and put where they do not belong.</summary>
internal static class JsonNoise
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "null", "true", "0", "-1", "1.5", "1e400", "9223372036854775807", "9223372036854775808",
        "\"\"", "{}", "[]", "[[[[[[[[[", "\\ud800", "\\u0000", "\\", "\u00e9", "\ud83d\ude80", "\n",
        "\"refs/heads/main\":\"\"", "\"x\":1,", "refs/", "*", "^", "..", "//", "\u0001", "\"sequence\":6,",
    ];

    public static string Spoil(string json, Random random)
    {
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var (from, size) = (random.Next(json.Length), random.Next(3) == 0 ? random.Next(40) : 0);
            var rest = json[Math.Min(from + size, json.Length)..];
            json = random.Next(5) switch
            {
                0 => json[..from] + rest,
                1 => json[..from] + json[Math.Max(0, from - random.Next(60))..],
                _ => json[..from] + Pieces[random.Next(Pieces.Length)] + rest,
            };
            json = json.Length == 0 ? " " : json;
        }
        return json;
    }
}
