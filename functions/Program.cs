using Mirror.Functions;

// What continues after a read or write then runs where the socket was found ready, not on another thread that must be woken first.
// A pack is ten thousands of such steps. Nothing of ours blocks there. A server is
// another matter: its pages would be made where others' requests arrive.
if (args is not ["serve", ..])
{
    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}

DebuggerFiles.Remove();

// One for the process: what was a secret once stays one.
return await MirrorCommandLine.RunAsync(args, Composition.OpenSecrets(args));
