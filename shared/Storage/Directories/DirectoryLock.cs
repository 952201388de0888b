using System.Diagnostics.CodeAnalysis;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>
/// Mutual exclusion over threads and processes: flock(2) on a file, so that the lock of a killed process is free at once. A blocking
/// flock cannot be cancelled, so the lock is polled. Threads of one store wait for a semaphore first.
/// </summary>
[SupportedOSPlatform("linux")]
[SuppressMessage("Design", "CA1001", Justification = "a semaphore whose wait handle is never used holds no resource")]
internal sealed class DirectoryLock(DirectoryFiles files)
{
    // Work under the lock takes milliseconds. A process that holds it this long is stopped, or hangs on a dead network disk.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1);

    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            using var held = await TakeAsync(cancellation);
            return work();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<SafeFileHandle> TakeAsync(CancellationToken cancellation)
    {
        // The system's clock, not the store's, since another process is waited for.
        var began = TimeProvider.System.GetTimestamp();
        var file = files.OpenLock();
        try
        {
            while (!LinuxFiles.TryLock(file))
            {
                if (TimeProvider.System.GetElapsedTime(began) > Patience)
                {
                    throw new IOException($"another process has held the store's lock for {Patience.TotalSeconds} seconds");
                }
                await Task.Delay(Random.Shared.Next(1, 10), cancellation);
            }
            return file;
        }
        catch (Exception)
        {
            file.Dispose();
            throw;
        }
    }
}
