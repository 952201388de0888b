namespace Mirror.Git.Tests.Protocol;

/// <summary>The words of servers, as they come behind <c>ng REF</c> or <c>unpack</c>, and behind a bar what they said for people.</summary>
public class PushRefusalTests
{
    [Theory]
    // git 2.30 to 2.50, receive-pack.c
    [InlineData(PushRefusal.WholePushByHook, "pre-receive hook declined")]
    [InlineData(PushRefusal.RefByHook, "hook declined")]
    [InlineData(PushRefusal.MissingObjects, "missing necessary objects")]
    [InlineData(PushRefusal.MissingObjects, "bad pack")]
    [InlineData(PushRefusal.Other, "funny refname")]
    [InlineData(PushRefusal.Other, "branch is currently checked out")]
    [InlineData(PushRefusal.Other, "deletion of the current branch prohibited")]
    [InlineData(PushRefusal.Other, "deletion prohibited")]
    [InlineData(PushRefusal.Other, "non-fast-forward")]
    [InlineData(PushRefusal.Other, "shallow update not allowed")]
    [InlineData(PushRefusal.Other, "deny updating a hidden ref")]
    [InlineData(PushRefusal.Other, "deny deleting a hidden ref")]
    [InlineData(PushRefusal.Other, "transaction failed to start")]
    [InlineData(PushRefusal.Other, "atomic push failure")]
    [InlineData(PushRefusal.Other, "proc-receive failed to report status")]
    [InlineData(PushRefusal.Other, "failed to update ref")]
    [InlineData(PushRefusal.Stale, "failed to update ref|error: cannot lock ref 'refs/heads/a': is at aaaa but expected bbbb")]
    [InlineData(PushRefusal.Stale, "failed to update ref|hello|error: cannot lock ref 'refs/heads/a': reference already exists")]
    [InlineData(PushRefusal.Stale,
        "failed to update ref|error: cannot lock ref 'refs/heads/a': unable to resolve reference 'refs/heads/a'")]
    [InlineData(PushRefusal.Stale,
        "failed to update ref|cannot lock ref 'refs/heads/a': Unable to create '/r/refs/heads/a.lock': File exists.")]
    [InlineData(PushRefusal.Other,
        "failed to update ref|error: cannot lock ref 'refs/heads/a/b': 'refs/heads/a' exists; cannot create 'refs/heads/a/b'")]
    [InlineData(PushRefusal.Other, "failed to update ref|error: unable to write file: No space left on device")]
    [InlineData(PushRefusal.RefByHook, "failed to update ref|fatal: ref updates aborted by hook")]
    [InlineData(PushRefusal.RefByHook, "failed to update ref|in 'prepared' phase, update aborted by the reference-transaction hook")]
    [InlineData(PushRefusal.Stale, "incorrect old value provided")]
    [InlineData(PushRefusal.Stale, "reference already exists")]
    [InlineData(PushRefusal.Stale, "reference does not exist")]
    [InlineData(PushRefusal.Other, "refname conflict")]
    // its words for a pack
    [InlineData(PushRefusal.UnresolvedDeltas, "index-pack abnormal exit|fatal: pack has 1 unresolved delta")]
    [InlineData(PushRefusal.UnresolvedDeltas,
        "index-pack abnormal exit|Receiving objects: 100% (3/3), done.|fatal: pack has 12 unresolved deltas")]
    [InlineData(PushRefusal.UnresolvedDeltas, "unpack-objects abnormal exit|fatal: unresolved deltas left after unpacking")]
    [InlineData(PushRefusal.IndexerGone, "index-pack abnormal exit")]
    [InlineData(PushRefusal.IndexerGone, "unpack-objects abnormal exit|")]
    [InlineData(PushRefusal.IndexerGone, "index-pack abnormal exit|fatal: pack has bad object at offset 12: inflate returned -3")]
    [InlineData(PushRefusal.MissingObjects, "index-pack abnormal exit|fatal: did not receive expected object aaaa")]
    [InlineData(PushRefusal.Other, "index-pack abnormal exit|fatal: write error: No space left on device")]
    [InlineData(PushRefusal.Other, "index-pack abnormal exit|fatal: pack exceeds maximum allowed size (1.00 MiB)")]
    [InlineData(PushRefusal.Other,
        "index-pack abnormal exit|error: object aaaa: missingEmail: invalid author|fatal: fsck error in packed object")]
    [InlineData(PushRefusal.Other, "unable to create temporary object directory")]
    [InlineData(PushRefusal.Other, "eof before pack header was fully read")]
    [InlineData(PushRefusal.Other, "unpacker error")]
    [InlineData(PushRefusal.UnresolvedDeltas, "unpacker error|fatal: pack has 1 unresolved delta")]
    // what git's own client says of a push that it did not even send; other programs send the same words
    [InlineData(PushRefusal.Stale, "stale info")]
    [InlineData(PushRefusal.Stale, "fetch first")]
    // Gerrit, Bitbucket: JGit
    [InlineData(PushRefusal.MissingObjects, "missing object(s)")]
    [InlineData(PushRefusal.MissingObjects, "object aaaa missing object")]
    [InlineData(PushRefusal.MissingObjects, "error Missing tree aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(PushRefusal.MissingObjects, "error Missing unknown aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData(PushRefusal.UnresolvedDeltas, "error pack has unresolved deltas")]
    [InlineData(PushRefusal.Stale, "failed to lock")]
    [InlineData(PushRefusal.Other, "non-fast forward")]
    [InlineData(PushRefusal.Other, "creation prohibited")]
    [InlineData(PushRefusal.Other, "prohibited by Gerrit: not permitted: update")]
    [InlineData(PushRefusal.Other, "commit aaaaaaa: missing Change-Id in message footer")]
    [InlineData(PushRefusal.Other, "internal server error")]
    // GitLab
    [InlineData(PushRefusal.WholePushByHook,
        "pre-receive hook declined|GitLab: You are not allowed to push code to protected branches on this project.")]
    // GitHub
    [InlineData(PushRefusal.RefByHook, "protected branch hook declined|error: GH006: Protected branch update failed for refs/heads/main.")]
    [InlineData(PushRefusal.WholePushByHook,
        "push declined due to repository rule violations|error: GH013: Repository rule violations found.")]
    [InlineData(PushRefusal.WholePushByHook, "pre-receive hook declined|error: GH001: Large files detected.")]
    [InlineData(PushRefusal.Stale, "cannot lock ref 'refs/heads/main': is at aaaa but expected bbbb")]
    // Gitea, Forgejo
    [InlineData(PushRefusal.WholePushByHook, "pre-receive hook declined|Gitea: Not allowed to push to protected branch main")]
    // Azure DevOps
    [InlineData(PushRefusal.Stale,
        "TF401028: The reference 'refs/heads/a' has already been updated by another client, so you cannot update it.")]
    [InlineData(PushRefusal.Other, "TF402455: Pushes to this branch are not permitted.")]
    // our own exceptions, which hold them
    [InlineData(PushRefusal.UnresolvedDeltas,
        "https://h/a: push: pack not taken: index-pack abnormal exit (it said: fatal: pack has 2 unresolved deltas)")]
    [InlineData(PushRefusal.Other,
        "https://h/a: push: pack not taken: index-pack abnormal exit (it said: No space left on device)")]
    // nothing, and what a hook writes does not count where the reason is clear
    [InlineData(PushRefusal.Other, "")]
    [InlineData(PushRefusal.Other, "refused without a reason")]
    [InlineData(PushRefusal.Other, "deletion prohibited|stale info|fatal: pack has 1 unresolved delta")]
    [InlineData(PushRefusal.WholePushByHook, "pre-receive hook declined|missing necessary objects")]
    [InlineData(PushRefusal.RefByHook, "HOOK DECLINED")]
    public void The_words_of_servers_are_known(PushRefusal expected, string words)
    {
        var parts = words.Split('|');

        Assert.Equal(expected, PushRefusals.Of(parts[0], parts[1..]));
    }
}
