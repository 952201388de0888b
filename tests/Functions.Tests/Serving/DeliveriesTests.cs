using System.Globalization;
using Mirror.Functions.Webhook;

namespace Mirror.Functions.Tests.Serving;

public sealed class DeliveriesTests
{
    private readonly HandTime _time = new();

    [Fact]
    public void A_delivery_is_remembered_for_an_hour()
    {
        var deliveries = new Deliveries(_time);
        deliveries.Add("one");
        _time.Now += TimeSpan.FromMinutes(59);
        deliveries.Add("two");

        Assert.True(deliveries.Contains("one"));
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.False(deliveries.Contains("one"));
        Assert.True(deliveries.Contains("two"));
    }

    [Fact]
    public void No_more_than_there_is_room_for()
    {
        var deliveries = new Deliveries(_time);
        for (var i = 0; i <= Deliveries.MaxCount; i++)
        {
            deliveries.Add(i.ToString(CultureInfo.InvariantCulture));
            deliveries.Add(i.ToString(CultureInfo.InvariantCulture));
        }

        Assert.False(deliveries.Contains("0"));
        Assert.True(deliveries.Contains("1"));
    }

    [Fact]
    public async Task A_secret_is_read_again_but_not_for_every_wrong_signature()
    {
        var secret = new WebhookSecret(_time);
        var reads = new List<Storage.LoginAge>();
        var proof = Proof.Read(Forge.GitLab, _ => "new")!;
        ValueTask<string> ReadAsync(Storage.LoginAge age)
        {
            reads.Add(age);
            return new ValueTask<string>(age == Storage.LoginAge.New ? "new" : "old");
        }

        Assert.True(await secret.IsSignerAsync(proof, default, ReadAsync));
        Assert.False(await secret.IsSignerAsync(proof, default, ReadAsync));
        _time.Now += WebhookSecret.Pause;
        Assert.True(await secret.IsSignerAsync(proof, default, ReadAsync));
        Assert.Equal([Storage.LoginAge.Any, Storage.LoginAge.New, Storage.LoginAge.Any, Storage.LoginAge.Any, Storage.LoginAge.New], reads);
    }
}
