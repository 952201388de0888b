using System.Runtime.InteropServices;
using System.Text;
using Mirror.Age;
using Mirror.Age.Signatures;

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

    // An Ed25519 signature has about 300 bytes.
    private const int MaxSignatureSize = 4096;

    // An X25519 stanza has 98 bytes.
    private const int MaxStanzaSize = 128;

    private const int Format = 1;

    public static async Task<ReadOnlyMemory<byte>> SealAsync(MirrorHead head, SigningKey? key, IReadOnlyList<AgeRecipient> recipients,
        CancellationToken cancellation)
    {
        var json = JsonDocuments.Write(fields =>
        {
            fields.WriteNumber("format", Format);
            fields.WriteString("mirror", head.Mirror);
            StateJson.WriteNumbers(fields, head.State);
            StateJson.WriteTime(fields, "written", head.Written);
            StateJson.WriteTime(fields, "expires", head.Expires);
            StateJson.WriteContent(fields, head.State);
        });
        var signature = key is null ? "" : key.Sign(json.Span, SignatureNamespace);
        // The head is no pack: it is signed whole, and put in one piece, which has room from the start for what age adds.
        using var buffer = new MemoryStream(json.Length + (json.Length / 1024) + MaxSignatureSize + (recipients.Count * MaxStanzaSize));
        await using var file = AgeFile.Encrypt(buffer, recipients);
        await file.WriteAsync(Encoding.ASCII.GetBytes(signature + "\n"), cancellation);
        await file.WriteAsync(json, cancellation);
        await file.CompleteAsync(cancellation);
        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }

    /// <param name="trusted">Whose signatures count; null where a consumer was told to do without.</param>
    public static async Task<MirrorHead> OpenAsync(
        ReadOnlyMemory<byte> sealedHead, IReadOnlyList<AgeIdentity> identities, IReadOnlyList<VerifyingKey>? trusted, CancellationToken cancellation)
    {
        var payload = await DecryptAsync(sealedHead, identities, cancellation);
        var json = CheckSignature(payload, trusted);
        try
        {
            return JsonDocuments.Read(json, Read);
        }
        catch (FormatException wrong)
        {
            throw new ChainException(ChainFailure.Malformed, $"head: {wrong.Message}", wrong);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> DecryptAsync(ReadOnlyMemory<byte> sealedHead, IReadOnlyList<AgeIdentity> identities,
        CancellationToken cancellation)
    {
        try
        {
            var held = MemoryMarshal.TryGetArray(sealedHead, out var array) ? array : sealedHead.ToArray();
            using var source = new MemoryStream(held.Array!, held.Offset, held.Count, writable: false);
            await using var file = await AgeFile.DecryptAsync(source, identities, cancellation);
            // What is sealed is longer than what is in it, so this reads to the file's end.
            var payload = new byte[sealedHead.Length];
            var size = await file.ReadAtLeastAsync(payload, payload.Length, throwOnEndOfStream: false, cancellation);
            return payload.AsMemory(0, size);
        }
        catch (AgeException wrong)
        {
            throw new ChainException(ChainFailure.Undecryptable, $"head: {wrong.Message}", wrong);
        }
    }

    private static ReadOnlyMemory<byte> CheckSignature(ReadOnlyMemory<byte> payload, IReadOnlyList<VerifyingKey>? trusted)
    {
        // The signature's lines end in one LF each, so the first empty line is the one behind it.
        var start = payload.Span[..Math.Min(payload.Length, MaxSignatureSize)];
        var end = start.StartsWith("\n"u8) ? 0 : start.IndexOf("\n\n"u8) + 1;
        if (end == 0 && !start.StartsWith("\n"u8))
        {
            throw new ChainException(ChainFailure.Signature, "head: no signature in front of it");
        }
        var json = payload[(end + 1)..];
        if (trusted is null)
        {
            return json;
        }
        if (end == 0)
        {
            throw new ChainException(ChainFailure.Signature, "head: it is not signed");
        }
        try
        {
            SshSignature.Verify(Encoding.Latin1.GetString(payload.Span[..end]), json.Span, SignatureNamespace, trusted);
            return json;
        }
        catch (SignatureException wrong)
        {
            throw new ChainException(ChainFailure.Signature, $"head: {wrong.Message}", wrong);
        }
    }

    private static MirrorHead Read(JsonFields fields) => fields.Number("format") == Format
        ? new MirrorHead(fields.Text("mirror"), StateJson.Read(fields))
        {
            Written = StateJson.ReadTime(fields, "written"),
            Expires = StateJson.ReadTime(fields, "expires"),
        }
        : throw new FormatException($"format {fields.Number("format")} is newer than this program");
}
