using System.Buffers;

namespace Mirror.Git;

/// <summary>
/// What stands before the pack of a bundle, gitformat-bundle(5):
/// <code>
/// # v2 git bundle LF                          or v3, which has capabilities
/// @object-format=sha256 LF                    v3 alone
/// -oid SP comment LF …                        prerequisites: commits that the reader must have
/// oid SP name LF …                            refs
/// LF
/// PACK…
/// </code>
/// </summary>
/// <param name="Format">The objects' hash: SHA-1 is written as v2, which every git reads, SHA-256 as v3.</param>
/// <param name="Refs">Every ref that a destination has after the bundle, in any order, without HEAD.</param>
public sealed record BundleHeader(ObjectFormat Format, RefList Refs)
{
    /// <summary>Commits that the pack builds on. Without prerequisites the bundle is complete in itself.</summary>
    public IReadOnlyCollection<ObjectId> Prerequisites { get; init; } = [];

    /// <summary>The id that HEAD points at. <c>git clone</c> of a bundle without HEAD checks nothing out.</summary>
    public ObjectId? Head { get; init; }

    // 50,000 refs of 60 bytes are 3 MB. They are written in pieces of this size.
    private const int PieceSize = 32 * 1024;

    public async Task WriteAsync(Stream destination, CancellationToken cancellation)
    {
        var piece = new ArrayBufferWriter<byte>(2 * PieceSize);
        piece.Write(Format == ObjectFormat.Sha1 ? "# v2 git bundle\n"u8 : "# v3 git bundle\n@object-format=sha256\n"u8);
        foreach (var id in Prerequisites)
        {
            piece.Write("-"u8);
            WriteId(piece, id);
            piece.Write("\n"u8);
            await FlushAsync(piece, PieceSize, destination, cancellation);
        }
        foreach (var found in Refs)
        {
            WriteRef(piece, found.Id, found.Name);
            await FlushAsync(piece, PieceSize, destination, cancellation);
        }
        if (Head is { } head)
        {
            WriteRef(piece, head, RefName.Head);
        }
        piece.Write("\n"u8);
        await FlushAsync(piece, 1, destination, cancellation);
    }

    private static void WriteRef(ArrayBufferWriter<byte> piece, ObjectId id, RefName name)
    {
        WriteId(piece, id);
        piece.Write(" "u8);
        piece.Write(name.Utf8);
        piece.Write("\n"u8);
    }

    private static void WriteId(ArrayBufferWriter<byte> piece, ObjectId id)
    {
        var size = id.Format.HexSize;
        id.WriteHex(piece.GetSpan(size));
        piece.Advance(size);
    }

    private static ValueTask FlushAsync(ArrayBufferWriter<byte> piece, int from, Stream destination, CancellationToken cancellation) =>
        piece.WrittenCount < from ? ValueTask.CompletedTask : WriteAsync(piece, destination, cancellation);

    private static async ValueTask WriteAsync(ArrayBufferWriter<byte> piece, Stream destination, CancellationToken cancellation)
    {
        await destination.WriteAsync(piece.WrittenMemory, cancellation);
        piece.ResetWrittenCount();
    }
}
