using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;

namespace Mirror.Storage.Directories;

/// <summary>
/// One at a time, over threads and processes: a file that is open for one only, which on Unix is flock(2), so that the lock of a
/// killed process is free at once. The system does not let us wait for it, so we ask again and again; within one store the threads queue.
/// </summary>
[UnsupportedOSPlatform("windows")]
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
internal sealed class DirectoryLock(string path)
{
    // What is done under the lock takes milliseconds. Whoever has it for so long is stopped or hangs on a dead network disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            await using var held = await TakeAsync(cancellation);
            return work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<FileStream> TakeAsync(CancellationToken cancellation)
    {
        // The system's own clock: another process is waited for, whatever time the store is told.
        var until = TimeProvider.System.GetTimestamp() + (long)(Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            try
            {
                return new FileStream(path, DirectoryFiles.Private(FileMode.OpenOrCreate, FileShare.None));
            }
            catch (IOException busy) when (IsHeld(busy) && TimeProvider.System.GetTimestamp() < until)
            {
                await Task.Delay(Random.Shared.Next(1, 10), cancellation);
            }
        }
    }

    // EWOULDBLOCK, which is 11 on Linux and 35 on macOS.
    private static bool IsHeld(IOException failure) => failure.HResult == (OperatingSystem.IsMacOS() ? 35 : 11);
}
