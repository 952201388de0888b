using System.Buffers;

namespace Mirror.Git.Protocol;

/// <summary>The beginning that all commands of gitprotocol-v2(5) share.</summary>
internal static class CommandV2
{
    public static void Begin(IBufferWriter<byte> request, string command, Capabilities capabilities, string agent)
    {
        PktLine.Write(request, $"command={command}\n");
        PktLine.Write(request, $"agent={agent}\n");
        // A SHA-256 repository answers nonsense, or not at all, to a request that does not say so.
        if (capabilities.Has("object-format"))
        {
            PktLine.Write(request, $"object-format={capabilities.ObjectFormat}\n");
        }
        request.Write(PktLine.DelimiterLine);
    }
}
