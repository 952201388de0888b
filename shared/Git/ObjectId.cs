using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Mirror.Git;

/// <summary>The name of a Git object, SHA-1 or SHA-256. The bytes are stored inline, so that 50,000 ids are one array.</summary>
public readonly struct ObjectId : IEquatable<ObjectId>, IComparable<ObjectId>
{
    private const int MaxSize = 32;

    private readonly Bytes _bytes;
    private readonly byte _size;

    private ObjectId(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_bytes);
        _size = (byte)bytes.Length;
    }

    public ObjectFormat Format => _size == ObjectFormat.Sha256.Size ? ObjectFormat.Sha256 : ObjectFormat.Sha1;

    public bool IsNull => !Raw.ContainsAnyExcept((byte)0);

    [UnscopedRef]
    internal ReadOnlySpan<byte> Raw => ((ReadOnlySpan<byte>)_bytes)[.._size];

    /// <summary>Reads an id whose digits fill <paramref name="hex"/> exactly. The number of digits determines the format.</summary>
    public static bool TryParse(ReadOnlySpan<byte> hex, out ObjectId id)
    {
        id = default;
        if (ObjectFormat.OfHexSize(hex.Length) is not { } format)
        {
            return false;
        }
        Span<byte> bytes = stackalloc byte[MaxSize];
        if (Convert.FromHexString(hex, bytes, out _, out _) != OperationStatus.Done)
        {
            return false;
        }
        id = new ObjectId(bytes[..format.Size]);
        return true;
    }

    public static ObjectId Parse(string hex) =>
        TryParse(Encoding.ASCII.GetBytes(hex), out var id) ? id : throw new FormatException($"'{hex}' is not an object id");

    public static ObjectId FromBytes(ReadOnlySpan<byte> bytes) =>
        ObjectFormat.OfHexSize(bytes.Length * 2) is null
            ? throw new ArgumentException($"{bytes.Length} bytes are not an object id", nameof(bytes))
            : new ObjectId(bytes);

    internal static ObjectId Zero(int size)
    {
        Span<byte> zeros = stackalloc byte[size];
        zeros.Clear();
        return new ObjectId(zeros);
    }

    /// <summary>Writes the lower-case digits, as they stand on the wire.</summary>
    public void WriteHex(Span<byte> destination)
    {
        if (!Convert.TryToHexStringLower(Raw, destination, out _))
        {
            throw new ArgumentException($"{destination.Length} bytes do not hold an id of {_size * 2} digits", nameof(destination));
        }
    }

    public string Abbreviated => ToString()[..Math.Min(10, _size * 2)];

    public bool Equals(ObjectId other) => _size == other._size && Raw.SequenceEqual(other.Raw);

    public override bool Equals(object? obj) => obj is ObjectId other && Equals(other);

    // An id is a hash already, but a hostile server can invent ids that begin alike. HashCode has a random seed, which prevents that.
    public override int GetHashCode()
    {
        var words = MemoryMarshal.Cast<byte, int>((ReadOnlySpan<byte>)_bytes);
        return HashCode.Combine(words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]);
    }

    public int CompareTo(ObjectId other)
    {
        // Two ids nearly always differ in their first 8 bytes, and a sort compares very often.
        var first = BinaryPrimitives.ReadUInt64BigEndian(_bytes).CompareTo(BinaryPrimitives.ReadUInt64BigEndian(other._bytes));
        return first != 0 ? first : Raw.SequenceCompareTo(other.Raw);
    }

    public override string ToString() => Convert.ToHexStringLower(Raw);

    public static bool operator ==(ObjectId left, ObjectId right) => left.Equals(right);

    public static bool operator !=(ObjectId left, ObjectId right) => !left.Equals(right);

    public static bool operator <(ObjectId left, ObjectId right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectId left, ObjectId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectId left, ObjectId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectId left, ObjectId right) => left.CompareTo(right) >= 0;

    [InlineArray(MaxSize)]
    private struct Bytes
    {
        private byte _first;
    }
}
