using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>
/// A head as it lies in the bucket, encrypted with age to the recipients:
/// <code>
/// -----BEGIN SSH SIGNATURE----- … -----END SSH SIGNATURE----- LF    of the JSON, in the namespace mirror-head; nothing where none is used
/// LF
/// { "format": 1, … } LF
/// </code>
/// You can check it with plain age and ssh-keygen. The JSON is not parsed before the signature has been verified.
/// </summary>
internal static class SealedHead
{
    public const string SignatureNamespace = "mirror-head";

    /// <summary>A million refs of 60 characters, and room to spare.</summary>
    public const int MaxSize = 160 * 1024 * 1024;

    /// <summary>The limit of a head without its refs: its patterns, and a chain of some 20,000 bundles.</summary>
    public const int MaxRestSize = 16 * 1024 * 1024;

    // An Ed25519 signature has about 300 bytes.
    private const int MaxSignatureSize = 4096;

    // An X25519 stanza has 98 bytes.
    private const int MaxStanzaSize = 128;

    private const int Format = 1;

    // A head's text is held whole until its signature has been verified. A process holds only one head larger than this at a time,
    // however many mirrors it works on.
    internal const int LargeSize = 8 * 1024 * 1024;

    private static readonly SemaphoreSlim OneLarge = new(1, 1);

    // The buffer for a large head's text. It is reused while others wait: the garbage collector frees arrays of this size late, so eight
    // heads in a row would otherwise take eight buffers.
    private static List<byte[]> _largeText = [];
    private static int _largeCount;

    /// <summary>Seals a head while it is put. A process reads or writes only one large head at a time.</summary>
    /// <param name="put">Puts the content. It is awaited until cancellation, even if it ignores that,
    /// since other large heads wait for it.</param>
    public static Task<T> SealAsync<T>(MirrorHead head, ProducerKeys keys, Func<ObjectContent, Task<T>> put,
        CancellationToken cancellation) =>
        InTurnAsync(StateJson.SizeOf(head.State),
            () => put(ContentOf(head, keys.Signing, keys.Recipients)).WaitAsync(cancellation), cancellation);

    public static ObjectContent ContentOf(MirrorHead head, SigningKey? key, IReadOnlyList<AgeRecipient> recipients)
    {
        var size = SealedSize(StateJson.SizeOf(head.State), recipients.Count);
        return new ObjectContent((int)Math.Min(Array.MaxLength, size), WriteAsync);

        async Task WriteAsync(Stream destination, CancellationToken cancellation)
        {
            var signature = key is null ? "" : key.SignDigest(DigestOf(head), SignatureNamespace);
            await using var file = AgeFile.Encrypt(destination, recipients);
            await file.WriteAsync(Encoding.ASCII.GetBytes(signature + "\n"), cancellation);
            foreach (var piece in TextOf(head))
            {
                await file.WriteAsync(piece, cancellation);
            }
            await file.CompleteAsync(cancellation);
        }
    }

    /// <summary>The maximum size of a head's object.
    /// It is measured by writing the text, since JSON escapes make some names longer.</summary>
    public static long SizeOf(MirrorHead head, int recipientCount) =>
        SealedSize(TextOf(head).Sum(piece => (long)piece.Length), recipientCount);

    /// <summary>
    /// The size of a text with its signature and with what age adds: 16 bytes for each 64 KiB, and a stanza for each recipient.
    /// </summary>
    private static long SealedSize(long textSize, int recipientCount) =>
        textSize + (textSize / 1024) + MaxSignatureSize + ((long)recipientCount * MaxStanzaSize);

    /// <summary>The signature comes before the text, so the text is written twice. That costs less than holding it.</summary>
    private static byte[] DigestOf(MirrorHead head)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        foreach (var piece in TextOf(head))
        {
            hash.AppendData(piece.Span);
        }
        return hash.GetHashAndReset();
    }

    private static IEnumerable<ReadOnlyMemory<byte>> TextOf(MirrorHead head) => JsonDocuments.Pieces(fields => Write(fields, head));

    private static IEnumerable<JsonPause> Write(Utf8JsonWriter fields, MirrorHead head)
    {
        fields.WriteNumber("format", Format);
        fields.WriteString("mirror", head.Mirror);
        StateJson.WriteNumbers(fields, head.State);
        StateJson.WriteTime(fields, "written", head.Written);
        StateJson.WriteTime(fields, "expires", head.Expires);
        return StateJson.WriteContent(fields, head.State);
    }

    /// <summary>Reads a head. Its first bytes name the signer. If that key is not trusted, nothing else is read.</summary>
    /// <param name="size">The size of the object, which is larger than its text.</param>
    public static async Task<MirrorHead> OpenAsync(Stream sealedHead, int size, ConsumerKeys keys, CancellationToken cancellation)
    {
        try
        {
            await using var file = await AgeFile.DecryptAsync(sealedHead, keys.Identities, cancellation);
            var start = new byte[MaxSignatureSize];
            var count = await file.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
            var signature = FindSignature(start.AsSpan(0, count), keys.Trusted);
            var trust = new Trust(signature, keys.Trusted);
            return await InTurnAsync(
                size, () => ReadAsync(file, start.AsMemory(0, count), size, trust, cancellation), cancellation);
        }
        catch (AgeException wrong)
        {
            // A damaged stanza looks like one for another recipient. Any other failure has nothing to do with the keys.
            throw new ChainException(
                wrong.Failure == AgeFailure.NoIdentity ? ChainFailure.Undecryptable : ChainFailure.DamagedHead,
                $"head: {wrong.Message}", wrong);
        }
        catch (SignatureException wrong)
        {
            throw new ChainException(ChainFailure.Signature, $"head: {wrong.Message}", wrong);
        }
        catch (FormatException wrong)
        {
            throw new ChainException(ChainFailure.Malformed, $"head: {wrong.Message}", wrong);
        }
    }

    /// <summary>
    /// Finds the signature before the text, and checks that its signer is trusted. The signature itself is not verified yet.
    /// </summary>
    private static string FindSignature(ReadOnlySpan<byte> start, IReadOnlyList<VerifyingKey>? trusted)
    {
        // Each line of the signature ends in one LF, so the first empty line comes after it.
        var end = start.StartsWith("\n"u8) ? 0 : start.IndexOf("\n\n"u8) + 1;
        if (end == 0 && !start.StartsWith("\n"u8))
        {
            throw new ChainException(ChainFailure.Signature, "head: no signature in front of it");
        }
        if (end == 0 && trusted is not null)
        {
            throw new ChainException(ChainFailure.Signature, "head: it is not signed");
        }
        var signature = Encoding.Latin1.GetString(start[..end]);
        if (trusted is not null)
        {
            SshSignature.FindSigner(signature, SignatureNamespace, trusted);
        }
        return signature;
    }

    private static async Task<T> InTurnAsync<T>(int size, Func<Task<T>> work, CancellationToken cancellation)
    {
        if (size <= LargeSize)
        {
            return await work();
        }
        Interlocked.Increment(ref _largeCount);
        try
        {
            await OneLarge.WaitAsync(cancellation);
            try
            {
                return await work();
            }
            finally
            {
                OneLarge.Release();
            }
        }
        finally
        {
            // A caller that was cancelled while waiting may also be the last one.
            if (Interlocked.Decrement(ref _largeCount) == 0)
            {
                _largeText = [];
            }
        }
    }

    private static async Task<MirrorHead> ReadAsync(AgeReader file, ReadOnlyMemory<byte> start, int size, Trust trust,
        CancellationToken cancellation)
    {
        var text = new TextPieces(size > LargeSize ? _largeText : []);
        text.Add(start.Span[(trust.Signature.Length + 1)..]);
        // The object is larger than its content, so this reads to the end of the file.
        await ReadInTimeAsync(text.ReadAsync(file, size, cancellation), cancellation);
        var json = text.Sequence;
        if (trust.Keys is { } trusted)
        {
            SshSignature.Verify(trust.Signature, json, SignatureNamespace, trusted);
        }
        return JsonDocuments.ReadWithRefs(json, MaxRestSize, Read);
    }

    /// <summary>Waits until cancellation, even for a store that ignores it, since other large heads wait for this buffer.</summary>
    private static async Task ReadInTimeAsync(Task reading, CancellationToken cancellation)
    {
        try
        {
            await reading.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (!reading.IsCompleted)
        {
            // The abandoned read may still write to this buffer, so it must not be reused.
            _largeText = [];
            throw;
        }
    }

    private static MirrorHead Read(JsonFields fields) => fields.Number("format") == Format
        ? new MirrorHead(fields.Text("mirror"), StateJson.Read(fields))
        {
            Written = StateJson.ReadTime(fields, "written"),
            Expires = StateJson.ReadTime(fields, "expires"),
        }
        : throw new FormatException($"format {fields.Number("format")} is newer than this program");

    /// <summary>The signature before a text, and the trusted keys; null where unsigned heads are allowed.</summary>
    private readonly record struct Trust(string Signature, IReadOnlyList<VerifyingKey>? Keys);
}
