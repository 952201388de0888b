using Mirror.Age;

// age-bench encrypt RECIPIENT FILE, or decrypt KEYFILE FILE: to nowhere.
var source = new FileStream(args[2], new FileStreamOptions { BufferSize = 512 * 1024, Options = FileOptions.SequentialScan });
await using (source)
{
    var none = CancellationToken.None;
    if (args[0] == "encrypt")
    {
        await using var file = AgeFile.Encrypt(Stream.Null, [AgeRecipient.Parse(args[1])]);
        // Read as age does: what is measured is not how files are read.
        var piece = new byte[128 * 1024];
        for (int size; (size = source.Read(piece)) > 0;)
        {
            await file.WriteAsync(piece.AsMemory(0, size));
        }
        await file.CompleteAsync(none);
    }
    else
    {
        await using var file = await AgeFile.DecryptAsync(source, AgeIdentity.ParseFile(await File.ReadAllTextAsync(args[1])), none);
        await file.CopyToAsync(Stream.Null, 128 * 1024);
    }
}
