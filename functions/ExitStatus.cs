namespace Mirror.Functions;

/// <summary>The exit statuses of the process. README lists them.</summary>
internal static class ExitStatus
{
    public const int Done = 0;
    public const int MirrorFailed = 1;
    public const int WrongUsage = 2;
    public const int Interrupted = 130;
}
