using Mirror.Storage.Drivers;

namespace Mirror.Storage.Tests;

public sealed class ListingLimitsTests
{
    [Fact]
    public void A_listing_has_at_most_a_million_objects()
    {
        var limits = new ListingLimits();
        for (var page = 0; page < 1_000; page++)
        {
            limits.Add(1_000, $"{page}");
        }

        var failure = Assert.Throws<InvalidDataException>(() => limits.Add(1, next: null));

        Assert.Equal("more than 1000000 objects are listed: give the store a bucket or a prefix of its own", failure.Message);
    }

    [Fact]
    public void Empty_pages_do_not_go_on_for_ever()
    {
        var limits = new ListingLimits();
        for (var page = 1; page < ListingLimits.MaxPages; page++)
        {
            limits.Add(0, $"{page}");
        }

        Assert.Throws<BrokenAnswerException>(() => limits.Add(0, "one more"));
    }
}
