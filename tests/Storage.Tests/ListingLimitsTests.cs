using Mirror.Storage.Drivers;

namespace Mirror.Storage.Tests;

public sealed class ListingLimitsTests
{
    [Fact]
    public void A_listing_has_at_most_a_million_objects()
    {
        var limits = new ListingLimits(new HandTime());
        for (var count = 0; count < 1_000_000; count++)
        {
            limits.AddObject("a");
        }

        var failure = Assert.Throws<InvalidDataException>(() => limits.AddObject("a"));

        Assert.Equal("more than 1000000 objects are listed: give the store a bucket or a prefix of its own", failure.Message);
    }

    [Fact]
    public void The_keys_of_a_listing_have_at_most_256_million_characters()
    {
        var (limits, key) = (new ListingLimits(new HandTime()), new string('k', 1_000));
        for (var count = 0; count < 256_000; count++)
        {
            limits.AddObject(key);
        }

        var failure = Assert.Throws<InvalidDataException>(() => limits.AddObject("a"));

        Assert.Equal(
            "the listed keys have more than 256000000 characters: give the store a bucket or a prefix of its own", failure.Message);
    }

    [Fact]
    public void Empty_pages_do_not_go_on_for_ever()
    {
        var limits = new ListingLimits(new HandTime());
        for (var page = 1; page < ListingLimits.MaxPages; page++)
        {
            limits.AddPage($"{page}");
        }

        Assert.Throws<BrokenAnswerException>(() => limits.AddPage("one more"));
    }

    [Fact]
    public void A_listing_that_brings_each_page_just_in_time_has_an_end()
    {
        var time = new HandTime();
        var limits = new ListingLimits(time);
        for (var minute = 0; minute < 30; minute++)
        {
            limits.AddPage($"{minute}");
            time.Advance(TimeSpan.FromMinutes(1));
        }

        // The last page ends it anyway.
        limits.AddPage(next: null);
        var failure = Assert.Throws<BrokenAnswerException>(() => limits.AddPage("one more"));

        Assert.Equal("a listing is not complete after 30 minutes", failure.Message);
    }
}
