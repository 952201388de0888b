namespace Mirror.Mirroring;

/// <summary>A value whose meaning is only known later, and where it stands, for the error that it may become then.</summary>
/// <param name="File">The file, or the file and the variable that stands in for it; then the line is 0.</param>
public sealed record Placed<T>(T Value, string File, int Line, int Column)
{
    public ConfigurationError Error(string message) => new(File, Line, Column, message);
}
