namespace Mirror.Functions.Output;

/// <summary>Text for a terminal.</summary>
internal static class Printed
{
    /// <summary>Without what would steer a terminal: git allows U+009B in a ref name, and a key in a bucket says what it likes.</summary>
    public static string Clean(string line) => string.Concat(line.Where(c => !char.IsControl(c) || c is '\n' or '\t'));
}
