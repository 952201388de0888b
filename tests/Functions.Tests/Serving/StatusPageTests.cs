using System.Text.Json;
using Mirror.Functions.Poison;
using Mirror.Functions.Status;
using Mirror.Mirroring;
using static Mirror.Functions.Tests.Serving.StatusSamples;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What the status looks like, in each of its forms.</summary>
public sealed class StatusPageTests
{
    private static readonly StatusLinks NoKey = new(Code: null);

    [Fact]
    public void A_row_says_the_state_the_proof_the_lag_and_the_chain()
    {
        var page = StatusPage.Of(View(Good()), StatusFilter.All, NoKey);

        Assert.Contains("<a href=\"/api/status/mirror/ce/routy\">ce/routy</a>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"badge ok\"><span aria-hidden=\"true\">✓</span> ok</span>", page, StringComparison.Ordinal);
        Assert.Contains(
            "<time datetime=\"2026-05-04T11:55:00Z\" title=\"2026-05-04T11:55:00Z\">5 min ago</time>", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"intime\">5 min of 1 h</span>", page, StringComparison.Ordinal);
        Assert.Contains(">sequence 3 · 1 full &#x2B; 2 deltas, 1.2 MB</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_mirror_says_why_and_what_to_do_next()
    {
        var page = StatusPage.Of(View(Failing()), StatusFilter.All, NoKey);

        Assert.Contains("<title>Mirrors: 1 failing</title>", page, StringComparison.Ordinal);
        Assert.Contains("<strong>unauthorized</strong>, <time", page, StringComparison.Ordinal);
        Assert.Contains("git.example.org: read refs: 401", page, StringComparison.Ordinal);
        Assert.Contains("<strong>Next:</strong> give credentials for this URL", page, StringComparison.Ordinal);
        Assert.Contains("<span class=\"late\">3 h, more than 1 h</span>", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(900, "15 min")]
    [InlineData(5400, "90 min")]
    [InlineData(7200, "2 h")]
    [InlineData(86400, "24 h")]
    [InlineData(259200, "3 days")]
    [InlineData(61, "61 s")]
    public void An_objective_is_shown_as_somebody_chose_it(int seconds, string text)
    {
        var mirror = Failing() with { Objective = TimeSpan.FromSeconds(seconds), Lag = TimeSpan.FromDays(9) };

        Assert.Contains($"9 days, more than {text}</span>", StatusPage.Of(View(mirror), StatusFilter.All, NoKey), StringComparison.Ordinal);
        Assert.Contains($"<dt>Objective</dt><dd>{text}</dd>", MirrorPage.Of(mirror, View(mirror), NoKey), StringComparison.Ordinal);
    }

    [Fact]
    public void What_another_app_has_put_aside_is_shown_and_cannot_be_put_back_here()
    {
        var view = View() with { Poison = [new PoisonedQueue("mirror-sync-poison", 3, []) { App = "other" }] };

        var page = StatusPage.Of(view, StatusFilter.All, NoKey);

        Assert.Contains("<strong>3 messages put aside</strong> in mirror-sync-poison of the app other", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Put back", page, StringComparison.Ordinal);
        Assert.DoesNotContain("mirror_poison_messages{", MetricsText.Of(view), StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_and_errors_are_text_on_both_pages()
    {
        var view = View(Good(Hostile), Failing("ce/b", "<img src=x onerror=alert(1)>\u001b[31m")) with
        {
            Problem = "<b>problem</b>",
            Poison = [new PoisonedQueue("<q>", 2, [new PoisonReason("<i>", 2)])],
        };
        var links = new StatusLinks("\"><script>");
        string[] pages =
        [
            StatusPage.Of(view, StatusFilter.All, links),
            StatusPage.Of(view, new StatusFilter(null, "\"><script>"), links),
            MirrorPage.Of(view.Mirrors[0], view, links),
            MirrorPage.Of(view.Mirrors[1], view, links), MirrorPage.NotThere(Hostile, links),
        ];

        Assert.All(pages, page => Assert.All(
            ["<script", "<img", "<b>problem", "<q>", "<i>", "\"quoted\"", "\u001b"],
            bad => Assert.DoesNotContain(bad, page, StringComparison.Ordinal)));
        Assert.Contains(
            "\">ce/&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt;&amp;&quot;quoted&quot;</a>", pages[0], StringComparison.Ordinal);
        Assert.Contains("href=\"/api/status/mirror/ce/%3Cscript%3Ealert%28%271%27%29%3C/script%3E%26%22quoted%22?code=%22%3E%3Cscript%3E\"",
            pages[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_key_goes_on_in_every_link_and_in_the_form()
    {
        var page = StatusPage.Of(View(Good(), Failing()), StatusFilter.Parse("failing", "ce/*"), new StatusLinks("k/+="));

        var links = page.Split("href=\"").Skip(1).Select(part => part[..part.IndexOf('"', StringComparison.Ordinal)]).ToList();
        Assert.True(links.Count >= 9, page);
        Assert.All(links, link => Assert.EndsWith("code=k%2F%2B%3D", link, StringComparison.Ordinal));
        Assert.Contains("<input type=\"hidden\" name=\"code\" value=\"k/&#x2B;=\">", page, StringComparison.Ordinal);
        Assert.Contains("<input type=\"hidden\" name=\"state\" value=\"failing\">", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, null, 4)]
    [InlineData("failing", null, 1)]
    [InlineData("ok", "ce/*", 2)]
    [InlineData(null, "ROUTY", 0)]
    [InlineData(null, "rout", 1)]
    [InlineData("nonsense", "[", 4)]
    public void A_filter_is_a_state_and_a_pattern(string? state, string? name, int count)
    {
        MirrorReport[] mirrors = [Good(), Good("ce/other"), Good("ee/third"), Failing()];

        Assert.Equal(count, StatusFilter.Parse(state, name).Of(mirrors).Count());
    }

    [Fact]
    public void A_problem_and_poison_stand_above_the_mirrors()
    {
        var page = StatusPage.Of(
            View() with
            {
                Problem = "mirror.yaml:3:1: no such key",
                Poison = [new PoisonedQueue("mirror-produce-poison", 3, [new PoisonReason("not one of ours", 3)])],
            }, StatusFilter.All, NoKey);

        Assert.Contains("role=\"alert\"><strong>Something is wrong here.</strong> <span class=\"words\">mirror.yaml:3:1: no such key",
            page, StringComparison.Ordinal);
        Assert.Contains("<strong>3 messages put aside</strong> in mirror-produce-poison<p class=\"words\">3 × not one of ours</p>",
            page, StringComparison.Ordinal);
        Assert.Contains("No mirror is known.", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mirrors_own_page_draws_its_history_and_has_errors_whole()
    {
        var message = new string('x', 900);
        var view = View(Good(), Failing(message: message));
        var (good, failing) = (MirrorPage.Of(view.Mirrors[0], view, NoKey), MirrorPage.Of(view.Mirrors[1], view, NoKey));

        Assert.Contains("aria-label=\"Sequence 1 5 h ago, 3 30 min ago; 1 recorded run failed or held\"", good, StringComparison.Ordinal);
        Assert.Equal((1, 2), (Count(good, "<rect class=\"full\""), Count(good, "<rect class=\"delta\"")));
        Assert.Contains("<title>sequence 2: delta, 34.6 kB</title>", good, StringComparison.Ordinal);
        Assert.Contains("<strong>unreachable</strong>: no route to host", good, StringComparison.Ordinal);
        Assert.Contains(message, failing, StringComparison.Ordinal);
        Assert.DoesNotContain(message, StatusPage.Of(view, StatusFilter.All, NoKey), StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", good + failing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_loads_nothing_and_runs_nothing()
    {
        var page = StatusPage.Of(View(Good(), Failing()), StatusFilter.All, NoKey);

        Assert.All(["<script", " on", "src=", "http:", "https:", "url("], bad =>
            Assert.DoesNotContain(page.Split('<'), tag => tag.Split('>')[0].Contains(bad, StringComparison.OrdinalIgnoreCase)));
        Assert.Contains("name=\"viewport\"", page, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_same_of_the_mirrors_that_are_asked_for()
    {
        var document =
            JsonDocument.Parse(StatusDocument.Of(View(Good(Hostile), Failing()), StatusFilter.Parse("failing", null))).RootElement;

        Assert.Equal(["at", "problem", "objective_seconds", "mirrors", "poison"], document.EnumerateObject().Select(member => member.Name));
        var mirror = Assert.Single(document.GetProperty("mirrors").EnumerateArray());
        Assert.Equal(
            ["mirror", "state", "proven", "lag_seconds", "objective_seconds", "late", "sequence", "behind",
                "chain", "set_aside", "error", "faults"],
            mirror.EnumerateObject().Select(member => member.Name));
        Assert.Equal(
            ("failing", 10800, true),
            (mirror.GetProperty("state").GetString(), mirror.GetProperty("lag_seconds").GetInt64(),
                mirror.GetProperty("late").GetBoolean()));
        Assert.StartsWith("give credentials", mirror.GetProperty("error").GetProperty("next").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_escape_what_a_label_cannot_hold()
    {
        var text = MetricsText.Of(View(Good("a\\b\"c\nd"), Failing()) with { Poison = [new PoisonedQueue("mirror-sync-poison", 2, [])] });

        Assert.Contains("# TYPE mirror_up gauge\nmirror_up{mirror=\"a\\\\b\\\"c\\nd\"} 1\nmirror_up{mirror=\"ce/broken\"} 0\n",
            text, StringComparison.Ordinal);
        Assert.Contains("mirror_proven_seconds{mirror=\"ce/broken\"} 1777885200\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_lag_seconds{mirror=\"ce/broken\"} 10800\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_objective_seconds{mirror=\"ce/broken\"} 3600\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_chain_bytes{mirror=\"a\\\\b\\\"c\\nd\"} 1234567\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_poison_messages{queue=\"mirror-sync-poison\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nmirror_status_complete 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Runs_are_counters_by_job_and_outcome()
    {
        var totals = RunTotals.None with
        {
            Runs = RunTotals.None.Runs.Add(OutcomeKind.Updated, 3).Add(OutcomeKind.Failed, 1),
            Bytes = 1234,
            Elapsed = TimeSpan.FromMilliseconds(2500),
        };
        var text = MetricsText.Of(View(Good() with { Totals = [("produce", totals)] }));

        Assert.Contains("# TYPE mirror_runs_total counter\nmirror_runs_total{mirror=\"ce/routy\",job=\"produce\",outcome=\"updated\"} 3\n",
            text, StringComparison.Ordinal);
        Assert.Contains("mirror_runs_total{mirror=\"ce/routy\",job=\"produce\",outcome=\"failed\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_bytes_total{mirror=\"ce/routy\",job=\"produce\"} 1234\n", text, StringComparison.Ordinal);
        Assert.Contains("mirror_run_seconds_total{mirror=\"ce/routy\",job=\"produce\"} 2.5\n", text, StringComparison.Ordinal);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
