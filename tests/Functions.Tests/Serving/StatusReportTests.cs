using System.Text;
using System.Text.RegularExpressions;
using Mirror.Functions.Jobs;
using Mirror.Functions.Status;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;
using static Mirror.Functions.Tests.Serving.StatusSamples;

namespace Mirror.Functions.Tests.Serving;

/// <summary>From what lies in the state to how a mirror is.</summary>
public sealed class StatusReportTests
{
    [Theory]
    [InlineData(null, 0, "Never")]
    [InlineData("Unchanged", 5, "Ok")]
    [InlineData("Updated", 59, "Ok")]
    [InlineData("Updated", 61, "Behind")]
    [InlineData("Failed", 5, "Failing")]
    [InlineData("Held", 5, "Held")]
    public async Task The_last_run_and_its_age_say_how_a_mirror_is(string? last, int minutes, string condition)
    {
        var state = NewState();
        if (last is not null)
        {
            var kind = Enum.Parse<OutcomeKind>(last);
            await AddAsync(state, "sync", OutcomeKind.Updated, Now.AddMinutes(-minutes - 1));
            await AddAsync(state, "sync", kind, Now.AddMinutes(-minutes));
        }

        var report = await ReportAsync(state, JobKind.Sync);

        Assert.Equal(condition, report.Condition.ToString());
        Assert.Equal(last is null ? null : Now.AddMinutes(last is "Failed" or "Held" ? -minutes - 1 : -minutes), report.Proven);
    }

    [Theory]
    [InlineData(15, "Behind")]
    [InlineData(25, "Ok")]
    public async Task A_mirror_is_behind_when_it_is_later_than_its_own_objective(int objective, string condition)
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Updated, Now.AddMinutes(-20));

        var report = await ReportAsync(state, JobKind.Sync, TimeSpan.FromMinutes(objective));

        Assert.Equal((condition, condition == "Behind", TimeSpan.FromMinutes(objective)),
            (report.Condition.ToString(), report.IsLate, report.Objective));
    }

    [Fact]
    public async Task A_run_that_goes_well_ends_a_failure_and_keeps_it_in_the_history()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Failed, Now.AddMinutes(-9));
        await AddAsync(state, "sync", OutcomeKind.Unchanged, Now.AddMinutes(-4));

        var report = await ReportAsync(state, JobKind.Sync);

        Assert.Equal((Condition.Ok, null), (report.Condition, report.Error));
        Assert.Equal(OutcomeKind.Failed, Assert.Single(report.Runs).Run.Kind);
    }

    [Fact]
    public async Task A_run_that_went_well_and_proved_nothing_ends_a_failure_and_leaves_the_proof_as_old_as_it_is()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Updated, Now.AddMinutes(-90));
        await AddAsync(state, "sync", OutcomeKind.Failed, Now.AddMinutes(-9));
        await AddAsync(state, "sync", new MirrorOutcome("ce/routy", OutcomeKind.Unchanged), Now);

        var report = await ReportAsync(state, JobKind.Sync);

        Assert.Equal((null, Now.AddMinutes(-90), Condition.Behind), (report.Error, report.Proven, report.Condition));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(-1, true)]
    public void A_target_that_was_looked_at_after_its_head_expired_is_not_proven_by_it(int hoursSinceExpiry, bool isProven)
    {
        var ledger = new ConsumerLedger("ce/routy")
        {
            Generation = 1,
            Sequence = 1,
            HeadExpires = Now.AddHours(-hoursSinceExpiry),
            HeadWritten = Now.AddDays(-7),
            Proven = Now.AddMinutes(-1),
        };
        var mirror = new RememberedMirror(new MirrorStatus("ce/routy", null, ledger), []);

        var report = MirrorReport.Of(mirror, new ReportTerms([JobKind.Consume], text => text, Now));

        Assert.Equal(isProven ? ledger.Proven : null, report.Proven);
    }

    [Fact]
    public async Task A_record_of_an_earlier_program_is_read_as_it_was_meant()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Held, Now.AddMinutes(-3));
        await RewriteAsync(state, "\"last\": \"bad\",", ",\\s*\"outcome\": \"held\"(?=\\s*})");
        Assert.Equal(Condition.Held, (await ReportAsync(state, JobKind.Sync)).Condition);
        await AddAsync(state, "sync", OutcomeKind.Unchanged, Now.AddMinutes(-2));
        await RewriteAsync(state, "\"last\": \"good\",");

        var report = await ReportAsync(state, JobKind.Sync);

        Assert.Equal((Condition.Ok, null), (report.Condition, report.Error));
    }

    [Fact]
    public async Task What_is_kept_of_a_run_is_redacted_before_it_is_shortened()
    {
        var state = NewState();
        var message = $"{new string('x', 997)}hunter2";
        await AddAsync(
            state, "sync", new MirrorOutcome("ce/routy", OutcomeKind.Failed) { Error = new MirrorError(Reason.Refused, message) }, Now);

        Assert.Equal($"{message[..997]}***", Assert.Single((await ReportAsync(state, JobKind.Sync)).Runs).Run.Failure!.Message);
    }

    [Fact]
    public async Task What_another_role_has_left_in_the_state_says_nothing()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Failed, Now.AddDays(-9));
        await AddAsync(state, "produce", OutcomeKind.Updated, Now);

        Assert.Equal(Condition.Ok, (await ReportAsync(state, JobKind.Produce)).Condition);
    }

    [Fact]
    public async Task Secrets_are_taken_out_of_errors()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Failed, Now);

        var board = new StatusBoard(state, bucket: null);
        var mirror = Assert.Single(await board.LookAsync(_ => Task.FromResult<IEnumerable<string>>(["ce/routy"]), CancellationToken.None));
        var report = MirrorReport.Of(
            mirror, new ReportTerms([JobKind.Sync], text => text.Replace("secret", "***", StringComparison.Ordinal), Now));

        Assert.Equal("*** words", report.Error!.Message);
        Assert.Equal("*** words", Assert.Single(report.Runs).Run.Failure!.Message);
    }

    [Fact]
    public async Task Every_run_is_counted_and_what_the_totals_lack_began_at_nothing()
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Updated, Now);
        await RewriteAsync(state, "\"totals\"[^}]*},");
        var before = await ReportAsync(state, JobKind.Sync);
        await AddAsync(state, "sync", OutcomeKind.Unchanged, Now);
        await AddAsync(state, "sync", OutcomeKind.Unchanged, Now);
        await AddAsync(state, "sync", OutcomeKind.Failed, Now);

        var report = await ReportAsync(state, JobKind.Sync);

        Assert.Equal(RunTotals.None, Assert.Single(before.Totals).Totals);
        Assert.Single(before.Runs);
        var (job, totals) = Assert.Single(report.Totals);
        Assert.Equal("sync", job);
        Assert.Equal([(OutcomeKind.Unchanged, 2L), (OutcomeKind.Failed, 1L)], totals.Runs.Select(run => (run.Key, run.Value)));
        Assert.Equal((3 * 1000, TimeSpan.FromSeconds(4.5)), (totals.Bytes, totals.Elapsed));
    }

    [Fact]
    public async Task Only_what_has_changed_is_read_again()
    {
        var state = NewState();
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"ce/m{i}")];
        foreach (var name in names)
        {
            await AddAsync(state, "sync", OutcomeKind.Updated, Now, name);
        }
        var board = new StatusBoard(state, bucket: null);
        var counts = new List<int>();

        await LookAsync();
        await LookAsync();
        await AddAsync(state, "sync", OutcomeKind.Failed, Now.AddMinutes(1), "ce/m7");
        var mirrors = await LookAsync();

        Assert.Equal([20, 0, 1], counts);
        Assert.Equal(2, mirrors[7].Records[0].Runs.Count);

        async Task<IReadOnlyList<RememberedMirror>> LookAsync()
        {
            var seen = await board.LookAsync(_ => Task.FromResult<IEnumerable<string>>(names), CancellationToken.None);
            counts.Add(board.ReadCount);
            return seen;
        }
    }

    [Theory]
    [InlineData("\"milliseconds\": 1500", "\"milliseconds\": 9000000000000000000")]
    [InlineData("\"milliseconds\": 1500", "\"milliseconds\": -1")]
    [InlineData("secret words", null)]
    public async Task A_record_that_nobody_of_us_wrote_breaks_neither_the_page_nor_the_next_run(string found, string? instead)
    {
        var state = NewState();
        await AddAsync(state, "sync", OutcomeKind.Failed, Now);
        var key = RunRecord.Key("ce/routy", "sync");
        var text = Encoding.UTF8.GetString((await state.TryReadAsync(key, 9999, CancellationToken.None))!.Bytes.Span);
        Assert.Contains(found, text, StringComparison.Ordinal);
        await state.PutAsync(
            key, Encoding.UTF8.GetBytes(text.Replace(found, instead ?? new string('x', 300_000), StringComparison.Ordinal)),
            WriteCondition.None, CancellationToken.None);

        _ = await RunRecord.TryReadAsync(state, "ce/routy", "sync", CancellationToken.None);
        await AddAsync(state, "sync", OutcomeKind.Updated, Now);

        Assert.True((await RunRecord.TryReadAsync(state, "ce/routy", "sync", CancellationToken.None))!.WentWell);
    }

    /// <summary>Takes out of a record what an earlier program did not write.</summary>
    private static async Task RewriteAsync(ObjectStore state, params string[] patterns)
    {
        var key = RunRecord.Key("ce/routy", "sync");
        var text = Encoding.UTF8.GetString((await state.TryReadAsync(key, 9999, CancellationToken.None))!.Bytes.Span);
        foreach (var pattern in patterns)
        {
            Assert.Matches(pattern, text);
            text = Regex.Replace(text, pattern, "");
        }
        await state.PutAsync(key, Encoding.UTF8.GetBytes(text), WriteCondition.None, CancellationToken.None);
    }

    private static ObjectStore NewState() => ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);

    private static Task AddAsync(ObjectStore state, string job, OutcomeKind kind, DateTimeOffset at, string name = "ce/routy")
    {
        var error = kind is OutcomeKind.Failed or OutcomeKind.Held
            ? new MirrorError(kind == OutcomeKind.Held ? Reason.MassDelete : Reason.NotFound, "secret words")
            : null;
        var outcome =
            new MirrorOutcome(name, kind) { Error = error, IsProven = error is null, Bytes = 1000, Elapsed = TimeSpan.FromSeconds(1.5) };
        return AddAsync(state, job, outcome, at);
    }

    private static Task AddAsync(ObjectStore state, string job, MirrorOutcome outcome, DateTimeOffset at) =>
        RunRecord.AddAsync(state,
            new EndedRun(job, outcome, at, text => text.Replace("hunter2", "***", StringComparison.Ordinal)), CancellationToken.None);

    private static async Task<MirrorReport> ReportAsync(ObjectStore state, JobKind job, TimeSpan? objective = null)
    {
        var mirrors = await new StatusBoard(state, bucket: null)
            .LookAsync(_ => Task.FromResult<IEnumerable<string>>(["ce/routy"]), CancellationToken.None);
        return MirrorReport.Of(Assert.Single(mirrors),
            new ReportTerms([job], text => text, Now) { Objective = objective ?? MirrorDefaults.BuiltIn.Objective });
    }
}
