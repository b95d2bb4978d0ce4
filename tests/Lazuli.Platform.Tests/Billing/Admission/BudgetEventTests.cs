using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>Budgets' events, as the writer leaves them in the money database.</summary>
public sealed class BudgetEventTests
{
    private static readonly LimitSubject Key = LimitSubject.Key("key");

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Two_processes_that_charge_one_budget_tell_each_mark_once(DatabaseKind kind)
    {
        await using AdmissionFixture fixture = await AdmissionFixture.OpenAsync(kind);
        await using Admission second = fixture.OpenAgain();
        await fixture.Admission.SetAsync(Key, new AccountLimits { SpendPerDay = Soft(1000) }, default);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SpendAsync(i % 2 == 0 ? fixture.Admission : second)));
        Assert.Equal(2000, (await fixture.StandingAsync(Key)).SpentTodayNanos);
        Assert.Equal([50, 80, 100], (await EventsAsync(fixture)).Select(Percent));
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task A_restart_forgets_nothing_that_was_told(DatabaseKind kind)
    {
        await using AdmissionFixture fixture = await AdmissionFixture.OpenAsync(kind);
        await fixture.Admission.SetAsync(Key, new AccountLimits { SpendPerDay = Soft(190), SpendPerMonth = Soft(1000) }, default);
        await SpendAsync(fixture.Admission);
        await fixture.Admission.DisposeAsync();
        fixture.Restart();
        await SpendAsync(fixture.Admission);
        IReadOnlyList<OutboxEvent> events = await EventsAsync(fixture);
        Assert.Equal([50, 80, 100], events.Select(Percent));
        Assert.All(events, told => Assert.Equal(("budget.reached", "Key:key"), (told.Type, string.Join(' ', told.Audience))));
        using JsonDocument data = JsonDocument.Parse(events[0].Data);
        Assert.Equal("day", data.RootElement.GetProperty("period").GetString());
        Assert.Equal("0.00000019", data.RootElement.GetProperty("limit").GetProperty("amount").GetString());
        Assert.Equal("0.0000001", data.RootElement.GetProperty("spent").GetProperty("amount").GetString());
        Assert.False(data.RootElement.GetProperty("hard").GetBoolean());
    }

    [Fact]
    public async Task A_hard_budget_tells_its_end_when_it_refuses_and_below_half_nothing_is_told()
    {
        await using AdmissionFixture fixture = await AdmissionFixture.OpenAsync(DatabaseKind.Sqlite);
        await fixture.Admission.SetAsync(Key, new AccountLimits { SpendPerMonth = new SpendLimit(new Money(250, BookSamples.Euro), IsHard: true) }, default);
        await SpendAsync(fixture.Admission);
        Assert.Empty(await EventsAsync(fixture));
        await SpendAsync(fixture.Admission);
        await fixture.RefusedAsync(AdmissionFixture.Request(prompt: 40, most: 10));
        await fixture.RefusedAsync(AdmissionFixture.Request(prompt: 40, most: 10));
        IReadOnlyList<OutboxEvent> events = await EventsAsync(fixture);
        Assert.Equal([50, 80, 100], events.Select(Percent));
        using JsonDocument data = JsonDocument.Parse(events[2].Data);
        Assert.True(data.RootElement.GetProperty("refused").GetBoolean());
        Assert.Equal("0.0000002", data.RootElement.GetProperty("spent").GetProperty("amount").GetString());
    }

    /// <summary>100 nano-units.</summary>
    private static async Task SpendAsync(Admission admission)
    {
        IAdmittedRequest request = Assert.IsType<AdmissionResult.Admitted>(await admission.AdmitAsync(AdmissionFixture.Request(prompt: 0, most: 10), default)).Request;
        await request.SettleAsync(AdmissionFixture.Used(0, 10), default);
    }

    private static Task<IReadOnlyList<OutboxEvent>> EventsAsync(AdmissionFixture fixture) => Outbox.ReadAsync(fixture.Money.Database, 0, 100, default);

    private static int Percent(OutboxEvent told)
    {
        using JsonDocument data = JsonDocument.Parse(told.Data);
        return data.RootElement.GetProperty("percent").GetInt32();
    }

    private static SpendLimit Soft(long nanos) => new(new Money(nanos, BookSamples.Euro), IsHard: false);
}
