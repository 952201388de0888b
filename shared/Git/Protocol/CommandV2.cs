using System.Buffers;

namespace Mirror.Git.Protocol;

/// <summary>The first lines, which all commands of gitprotocol-v2(5) share.</summary>
internal static class CommandV2
{
    public static void Begin(IBufferWriter<byte> request, string command, Capabilities capabilities, string agent)
    {
        PktLine.Write(request, $"command={command}\n");
        PktLine.Write(request, $"agent={agent}\n");
        // Without this line, a SHA-256 repository sends a wrong answer or none.
        if (capabilities.Has("object-format"))
        {
            PktLine.Write(request, $"object-format={capabilities.ObjectFormat}\n");
        }
        request.Write(PktLine.DelimiterLine);
    }
}
