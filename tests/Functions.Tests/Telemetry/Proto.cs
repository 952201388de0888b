using System.Buffers.Binary;
using System.Text;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>One field of a protobuf message (protobuf.dev/programming-guides/encoding), as far as collectors need them.</summary>
/// <param name="Number">A varint or a fixed number; 0 where there are bytes.</param>
internal readonly record struct Proto(int Field, long Number, ReadOnlyMemory<byte> Bytes)
{
    public string Text => Encoding.UTF8.GetString(Bytes.Span);

    public string Hex => Convert.ToHexStringLower(Bytes.Span);

    public double Double => BitConverter.Int64BitsToDouble(Number);

    public IEnumerable<Proto> All(int field) => Read(Bytes).Where(each => each.Field == field);

    public Proto? Find(int field) => All(field).Select(each => (Proto?)each).FirstOrDefault();

    public static IReadOnlyList<Proto> Read(ReadOnlyMemory<byte> message)
    {
        var fields = new List<Proto>();
        while (message.Length > 0)
        {
            var key = Varint(ref message);
            var field = (int)(key >> 3);
            fields.Add((key & 7) switch
            {
                0 => new Proto(field, Varint(ref message), default),
                1 => new Proto(field, BinaryPrimitives.ReadInt64LittleEndian(Take(ref message, sizeof(long)).Span), default),
                2 => new Proto(field, 0, Take(ref message, (int)Varint(ref message))),
                5 => new Proto(field, BinaryPrimitives.ReadInt32LittleEndian(Take(ref message, sizeof(int)).Span), default),
                var other => throw new FormatException($"wire type {other}"),
            });
        }
        return fields;
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int size)
    {
        var taken = message[..size];
        message = message[size..];
        return taken;
    }

    private static long Varint(ref ReadOnlyMemory<byte> message)
    {
        var value = 0L;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref message, 1).Span[0];
            value |= (long)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
