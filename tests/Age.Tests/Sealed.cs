namespace Mirror.Age.Tests;

/// <summary>Whole files in memory, and the key that most tests use: the one of the specification.</summary>
internal static class Sealed
{
    public static readonly AgeIdentity Identity = AgeIdentity.Parse(
        "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX");

    public static byte[] RandomBytes(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static async Task<byte[]> EncryptAsync(byte[] plaintext, params AgeRecipient[] recipients)
    {
        using var destination = new MemoryStream();
        await using var file = AgeFile.Encrypt(destination, recipients is [] ? [Identity.Recipient] : recipients);
        await file.WriteAsync(plaintext);
        await file.CompleteAsync(CancellationToken.None);
        return destination.ToArray();
    }

    public static async Task<byte[]> DecryptAsync(Stream source, params AgeIdentity[] identities)
    {
        await using var file = await AgeFile.DecryptAsync(source, identities is [] ? [Identity] : identities, CancellationToken.None);
        using var plaintext = new MemoryStream();
        await file.CopyToAsync(plaintext);
        return plaintext.ToArray();
    }

    public static Task<byte[]> DecryptAsync(byte[] file, params AgeIdentity[] identities) =>
        DecryptAsync(new MemoryStream(file), identities);

    /// <summary>The stage at which a file fails; null when it does not. Any other exception fails the test.</summary>
    public static async Task<AgeFailure?> FailureAsync(byte[] file, string place)
    {
        try
        {
            await DecryptAsync(file);
            return null;
        }
        catch (AgeException failure)
        {
            return failure.Failure;
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
            throw;
        }
    }
}
