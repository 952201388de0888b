namespace Mirror.Functions;

/// <summary>What the process says when it ends; README lists these.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int MirrorFailed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;
}
