using Mirror.Age;

// age-bench encrypt RECIPIENT FILE, or decrypt KEYFILE FILE: to nowhere.
var source = new FileStream(args[2], new FileStreamOptions { BufferSize = 512 * 1024, Options = FileOptions.SequentialScan });
await using (source)
{
    var none = CancellationToken.None;
    if (args[0] == "encrypt")
    {
        await using var file = AgeFile.Encrypt(Stream.Null, [AgeRecipient.Parse(args[1])]);
        await source.CopyToAsync(file, 128 * 1024);
        await file.CompleteAsync(none);
    }
    else
    {
        await using var file = await AgeFile.DecryptAsync(source, AgeIdentity.ParseFile(await File.ReadAllTextAsync(args[1])), none);
        await file.CopyToAsync(Stream.Null, 128 * 1024);
    }
}
