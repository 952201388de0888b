using Mirror.Git;

namespace Mirror.Mirroring.Tests.Sync;

public sealed class RefCommandsTests
{
    private static readonly RefList After =
    [
        new(RefName.Parse("refs/heads/main"), ObjectId.Parse(new string('1', 40))),
        new(RefName.Parse("refs/heads/topic"), ObjectId.Parse(new string('2', 40))),
    ];

    [Fact]
    public void All_of_the_commands_are_the_list_itself()
    {
        var changes = Created();
        Assert.Same(changes, changes.Only(_ => true));
    }

    [Fact]
    public void Some_of_the_commands_are_a_list_of_their_own()
    {
        var some = Created().Only(change => change.Name.Value.EndsWith("topic", StringComparison.Ordinal));
        Assert.Equal(["refs/heads/topic"], some.Select(change => change.Name.Value));
    }

    private static RefChanges Created()
    {
        var changes = new RefChanges(before: [], After, ObjectFormat.Sha1);
        changes.AddCreate(0);
        changes.AddCreate(1);
        return changes;
    }
}
