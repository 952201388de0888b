using System.Text;

namespace Mirror.Git.Tests.Protocol;

/// <summary>Dialogues written as people read them. Each character is a byte, so that a test can say <c>"\u0001PACK"</c>.</summary>
internal static class Wire
{
    public const string Flush = "0000";
    public const string Delimiter = "0001";
    public const string ResponseEnd = "0002";

    public const string A = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string B = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    public const string C = "cccccccccccccccccccccccccccccccccccccccc";
    public const string Zeros = "0000000000000000000000000000000000000000";
    public const string LongA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    /// <summary>Lines with their lengths; <see cref="Flush"/> and its like stand for themselves.</summary>
    public static byte[] Of(params string[] lines) => Bytes(string.Concat(lines.Select(Line)));

    public static string Line(string text) => text is Flush or Delimiter or ResponseEnd ? text : $"{text.Length + 4:x4}{text}";

    /// <summary>Lines as they stand inside the first side-band.</summary>
    public static string Band1(params string[] lines) => $"\u0001{string.Concat(lines.Select(Line))}";

    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    public static string Text(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
