namespace Mirror.Mirroring;

/// <summary>A value whose meaning is only known later, and where it stands, for the error that it may become then.</summary>
/// <param name="Place"><c>FILE:LINE:COLUMN</c>, or the file and the variable that stands in for it.</param>
public sealed record Placed<T>(T Value, string Place);
