namespace Mirror.Mirroring;

/// <summary>Reads a small file whole, and refuses a larger one.</summary>
internal static class BoundedFile
{
    /// <remarks>The size is counted while reading, since a pipe or a file in <c>/proc</c> reports a length of 0.</remarks>
    public static async Task<byte[]> ReadAsync(string path, int maxSize, CancellationToken cancellation)
    {
        await using var file = new FileStream(path, new FileStreamOptions
        {
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
            Options = FileOptions.Asynchronous,
        });
        var buffer = new byte[16 * 1024];
        var size = 0;
        while (await file.ReadAsync(buffer.AsMemory(size), cancellation) is > 0 and var count)
        {
            size += count;
            if (size > maxSize)
            {
                throw new IOException($"larger than {maxSize} bytes");
            }
            if (size == buffer.Length)
            {
                Array.Resize(ref buffer, Math.Min(buffer.Length * 2, maxSize + 1));
            }
        }
        return buffer[..size];
    }

    /// <summary>A short description of the failure. The system's message would repeat the path.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => "no such file",
        UnauthorizedAccessException => "cannot be read: permission denied, or a directory",
        _ => exception.Message.TrimEnd('.'),
    };
}
