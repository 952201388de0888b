using Mirror.Age;

namespace Mirror.Mirroring.Tests;

/// <summary>Small age files, whole.</summary>
internal static class AgeBytes
{
    public static async Task<byte[]> EncryptAsync(byte[] plain, AgeIdentity identity)
    {
        using var buffer = new MemoryStream();
        await using var file = AgeFile.Encrypt(buffer, [identity.Recipient]);
        await file.WriteAsync(plain);
        await file.CompleteAsync(CancellationToken.None);
        return buffer.ToArray();
    }

    public static async Task<byte[]> DecryptAsync(byte[] file, AgeIdentity identity)
    {
        await using var reader = await AgeFile.DecryptAsync(new MemoryStream(file), [identity], CancellationToken.None);
        using var plain = new MemoryStream();
        await reader.CopyToAsync(plain);
        return plain.ToArray();
    }
}
