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
/// So a person can check it with age and ssh-keygen. Nothing of the JSON is looked at before the signature has been.
/// </summary>
internal static class SealedHead
{
    public const string SignatureNamespace = "mirror-head";

    /// <summary>A million refs of 60 characters, and room.</summary>
    public const int MaxSize = 160 * 1024 * 1024;

    /// <summary>What a head has beside its refs: its patterns, and a chain of some twenty thousand bundles.</summary>
    public const int MaxRestSize = 16 * 1024 * 1024;

    // An Ed25519 signature has about 300 bytes.
    private const int MaxSignatureSize = 4096;

    // An X25519 stanza has 98 bytes.
    private const int MaxStanzaSize = 128;

    private const int Format = 1;

    // A head is signed whole, so its text is held whole until its signature has been checked. Of those that are larger than this a process
    // holds one at a time, however many mirrors it is at work on.
    internal const int LargeSize = 8 * 1024 * 1024;

    private static readonly SemaphoreSlim OneLarge = new(1, 1);

    // Where the text of the large one goes. It is handed on while others wait: the collector does not hurry to free an array of this size,
    // and eight heads one after the other would be eight arrays.
    private static List<byte[]> _largeText = [];
    private static int _largeCount;

    /// <summary>Seals a head as it is put. Of large heads a process holds one at a time, whether it reads or writes them.</summary>
    /// <param name="put">Waited for until cancellation, even if it ignores that: other large heads wait behind it.</param>
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

    /// <summary>How large the object of a head is at most: measured by writing it, because JSON makes some names longer.</summary>
    public static long SizeOf(MirrorHead head, int recipientCount) =>
        SealedSize(TextOf(head).Sum(piece => (long)piece.Length), recipientCount);

    /// <summary>
    /// The size of a text with its signature and what age adds: 16 bytes for each 64 KiB, and a stanza for each recipient.
    /// </summary>
    private static long SealedSize(long textSize, int recipientCount) =>
        textSize + (textSize / 1024) + MaxSignatureSize + ((long)recipientCount * MaxStanzaSize);

    /// <summary>What is signed stands behind its signature, so it is written twice: a second time is cheaper than to hold it.</summary>
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

    /// <summary>Reads a head. Who signed it stands in its first bytes: of one that nobody here trusts no more is read.</summary>
    /// <param name="size">Of the object, which is more than it has of text.</param>
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
            // A stanza that was damaged looks like one for somebody else; whatever else is wrong is not a matter of keys.
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
    /// Finds the signature in front of the text, and looks whose it says it is. Nothing but its maker's name is believed yet.
    /// </summary>
    private static string FindSignature(ReadOnlySpan<byte> start, IReadOnlyList<VerifyingKey>? trusted)
    {
        // The signature's lines end in one LF each, so the first empty line is the one behind it.
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
            // Also whoever gave up waiting may be the last one.
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
        // What is sealed is longer than what is in it, so this reads to the file's end.
        await ReadInTimeAsync(text.ReadAsync(file, size, cancellation), cancellation);
        var json = text.Sequence;
        if (trust.Keys is { } trusted)
        {
            SshSignature.Verify(trust.Signature, json, SignatureNamespace, trusted);
        }
        return JsonDocuments.ReadWithRefs(json, MaxRestSize, Read);
    }

    /// <summary>
    /// Waits until cancellation, even for a store that ignores it: other large heads wait for the room that this one has.
    /// </summary>
    private static async Task ReadInTimeAsync(Task reading, CancellationToken cancellation)
    {
        try
        {
            await reading.WaitAsync(cancellation);
        }
        catch (OperationCanceledException) when (!reading.IsCompleted)
        {
            // The read that was left alone may still write there, so nobody else gets this room.
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

    /// <summary>What stands in front of a text, and whose signatures count; null where a consumer was told to do without.</summary>
    private readonly record struct Trust(string Signature, IReadOnlyList<VerifyingKey>? Keys);
}
