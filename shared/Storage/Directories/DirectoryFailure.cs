using System.Runtime.InteropServices;

namespace Mirror.Storage.Directories;

/// <summary>Translates the exceptions of .NET's file functions.
/// Their own messages have whole paths in them, so they are replaced.</summary>
internal static class DirectoryFailure
{
    public static (StorageFailure Failure, string Message)? Explain(Exception exception) => exception switch
    {
        UnauthorizedAccessException => (StorageFailure.Denied, "permission denied"),
        InvalidDataException => (StorageFailure.Invalid, exception.Message),
        IOException { HResult: 1 or 13 /* EPERM, EACCES */ } => (StorageFailure.Denied, "permission denied"),
        PathTooLongException or IOException { HResult: 36 /* ENAMETOOLONG */ } =>
            (StorageFailure.Invalid, "the file system does not allow a name or path of this length"),
        // .NET's exception for EFBIG. FAT, common on USB sticks, has a limit of 4 GB.
        ArgumentOutOfRangeException { ParamName: "value" } =>
            (StorageFailure.Invalid, "the file system does not allow a file of this size"),
        IOException { HResult: 30 /* EROFS */ } => (StorageFailure.Denied, "the file system is read-only"),
        IOException { HResult: 28 or 122 /* ENOSPC, EDQUOT */ } => (StorageFailure.Full, "no space is left"),
        IOException { HResult: > 0 and < 4096 } => (StorageFailure.Unavailable, Marshal.GetPInvokeErrorMessage(exception.HResult)),
        IOException => (StorageFailure.Unavailable, exception.Message),
        _ => null,
    };
}
