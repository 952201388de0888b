using System.Buffers;

namespace Mirror.Mirroring;

/// <summary>One piece of a text that is read as a sequence.</summary>
internal sealed class BytesSegment : ReadOnlySequenceSegment<byte>
{
    public BytesSegment(ReadOnlyMemory<byte> memory, BytesSegment? before)
    {
        Memory = memory;
        if (before is not null)
        {
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
