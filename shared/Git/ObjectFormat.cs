namespace Mirror.Git;

/// <summary>The hash that names a repository's objects, as the <c>object-format</c> capability spells it.</summary>
public sealed class ObjectFormat
{
    public static readonly ObjectFormat Sha1 = new("sha1", size: 20);
    public static readonly ObjectFormat Sha256 = new("sha256", size: 32);

    private ObjectFormat(string name, int size)
    {
        Name = name;
        Size = size;
        Null = ObjectId.Zero(size);
    }

    public string Name { get; }

    /// <summary>Bytes of an id. On the wire an id is twice as many hexadecimal digits.</summary>
    public int Size { get; }

    public int HexSize => Size * 2;

    /// <summary>All zeros: the id of a ref that does not exist.</summary>
    public ObjectId Null { get; }

    internal static ObjectFormat? OfName(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("sha1"u8) ? Sha1 : name.SequenceEqual("sha256"u8) ? Sha256 : null;

    internal static ObjectFormat? OfHexSize(int hexSize) =>
        hexSize == Sha1.HexSize ? Sha1 : hexSize == Sha256.HexSize ? Sha256 : null;

    public override string ToString() => Name;
}
