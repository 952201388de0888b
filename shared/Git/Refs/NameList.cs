using System.Collections;

namespace Mirror.Git;

/// <summary>Names that are not UTF-8 or that git does not allow. A server may send very many, so they are kept as packed bytes and made
/// printable one by one when they are read.</summary>
internal sealed class NameList : IReadOnlyCollection<string>
{
    // Enough to recognise the name.
    private const int MaxShownSize = 200;

    private const int PieceSize = 32 * 1024;

    // The byte before a name is its size plus 1. 0 means that the rest of the piece is empty, Cut that the name was cut.
    private const byte Cut = MaxShownSize + 2;

    private readonly List<byte[]> _pieces = [];
    private int _used;

    public int Count { get; private set; }

    public void Add(ReadOnlySpan<byte> name)
    {
        var isCut = name.Length > MaxShownSize;
        var shown = isCut ? name[..MaxShownSize] : name;
        if (_pieces.Count == 0 || _used + 1 + shown.Length > PieceSize)
        {
            _pieces.Add(new byte[PieceSize]);
            _used = 0;
        }
        var piece = _pieces[^1];
        piece[_used] = isCut ? Cut : (byte)(shown.Length + 1);
        shown.CopyTo(piece.AsSpan(_used + 1));
        _used += 1 + shown.Length;
        Count++;
    }

    public IEnumerator<string> GetEnumerator()
    {
        var (piece, start) = (0, 0);
        for (var i = 0; i < Count; i++)
        {
            if (start == PieceSize || _pieces[piece][start] == 0)
            {
                (piece, start) = (piece + 1, 0);
            }
            var isCut = _pieces[piece][start] == Cut;
            var size = isCut ? MaxShownSize : _pieces[piece][start] - 1;
            var text = Printable.Escaped(_pieces[piece].AsSpan(start + 1, size));
            yield return isCut ? $"{text}…" : text;
            start += 1 + size;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
