namespace Mirror.Mirroring;

/// <summary>A value that is checked later, with its place in the file for errors.</summary>
/// <param name="File">The file, or the file and the variable that replaces it; then the line is 0.</param>
public sealed record Placed<T>(T Value, string File, int Line, int Column)
{
    public ConfigurationError Error(string message) => new(File, Line, Column, message);
}
