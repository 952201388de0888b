using Mirror.Functions;

// Continuations of reads and writes run on the thread that found the socket ready, so that no other thread has to be woken. A pack takes
// tens of thousands of such steps, and none of them blocks. The server does not do this: its pages would be made on the thread that
// signals the sockets of other requests.
if (args is not ["serve", ..])
{
    Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
}

DebuggerFiles.Remove();

// One for the process: a secret stays registered.
return await MirrorCommandLine.RunAsync(args, Composition.OpenSecrets(args));
