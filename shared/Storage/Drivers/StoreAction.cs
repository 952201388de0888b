namespace Mirror.Storage.Drivers;

/// <summary>The action that failed, for the message and for the permission that the action needs.</summary>
internal enum StoreAction
{
    LookAt,
    List,
    Read,
    Write,
    Discard,
    Delete,
    Lease,
    Renew,
    Release,
}

internal static class StoreActionText
{
    public static string Text(this StoreAction action) => action switch
    {
        StoreAction.LookAt => "look at",
        StoreAction.List => "list",
        StoreAction.Read => "read",
        StoreAction.Write => "write",
        StoreAction.Discard => "discard",
        StoreAction.Delete => "delete",
        StoreAction.Lease => "lease",
        StoreAction.Renew => "renew",
        _ => "release",
    };
}
