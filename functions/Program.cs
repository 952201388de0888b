using Mirror.Functions;

return await MirrorCommandLine.RunAsync(args);
