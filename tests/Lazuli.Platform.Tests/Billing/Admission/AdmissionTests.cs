using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using static Lazuli.Platform.Tests.Billing.AdmissionFixture;
using static Lazuli.Platform.Tests.Billing.BookSamples;

namespace Lazuli.Platform.Tests.Billing;

public sealed class AdmissionTests
{
    public static TheoryData<DatabaseKind> Kinds => TestDatabases.All;

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_request_is_held_then_charged_then_freed(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        await test.Admission.SetAsync(LimitSubject.Party(Buyer), new AccountLimits { SpendPerMonth = Hard(1_000_000) }, default);
        IAdmittedRequest request = await test.AdmitAsync(Request(10, 100));
        Assert.Equal((100, 1020), (request.TokenAllowance, (await test.StandingAsync(LimitSubject.Party(Buyer))).HeldNanos));
        Settlement settlement = await request.SettleAsync(Used(10, 30, cached: 4), default);
        Assert.Equal(new Settlement(request.RequestId, 1, new Money(316, Euro), "standard@1"), settlement);
        AccountStanding standing = await test.StandingAsync(LimitSubject.Party(Buyer));
        Assert.Equal((0, 0, 316, 316), (standing.HeldNanos, standing.Running, standing.SpentTodayNanos, standing.SpentThisMonthNanos));
        Assert.Equal((0, 1), (await test.CountAsync("holds"), await test.CountAsync("meter_events")));
        LedgerBalance accrued = Assert.Single(await new LedgerReader(test.Money).BalancesAsync(LedgerAccount.Accrued(Buyer, Prices.Seller).Name, default));
        Assert.Equal(316, accrued.Balance.Nanos);
        Assert.Equal(settlement, await request.SettleAsync(Used(10, 99), default)); // a second time changes nothing
        Assert.Equal(316, (await test.StandingAsync(LimitSubject.Party(Buyer))).SpentTodayNanos);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task One_id_is_one_request(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        AdmissionRequest asked = Request();
        IAdmittedRequest[] twice = await Task.WhenAll(test.AdmitAsync(asked), test.AdmitAsync(asked));
        Assert.Same(twice[0], twice[1]);
        Assert.Same(twice[0], await test.AdmitAsync(asked));
        Assert.Equal(AdmissionRefusal.DuplicateRequest, (await test.RefusedAsync(asked with { PromptTokens = 11 })).Code);
        Assert.Equal(1, await test.CountAsync("holds"));
        await using Admission other = test.OpenAgain();
        Assert.Equal(AdmissionRefusal.DuplicateRequest, Assert.IsType<AdmissionResult.Refused>(await other.AdmitAsync(asked, default)).Code);
        await twice[0].SettleAsync(Used(10, 1), default);
        Assert.Equal(AdmissionRefusal.DuplicateRequest, (await test.RefusedAsync(asked)).Code);
        Assert.Equal(1, await test.CountAsync("meter_events"));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_decision_of_an_older_epoch_is_refused_and_a_newer_one_makes_older_ones_stale(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        await test.Admission.SetEpochAsync(5, default);
        await test.Admission.SetEpochAsync(3, default);
        Assert.Equal(AdmissionRefusal.StaleEpoch, (await test.RefusedAsync(Request(epoch: 4))).Code);
        await test.AdmitAsync(Request(epoch: 6));
        await using Admission other = test.OpenAgain();
        Assert.Equal(AdmissionRefusal.StaleEpoch, Assert.IsType<AdmissionResult.Refused>(await other.AdmitAsync(Request(epoch: 5), default)).Code);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Holds_grow_in_chunks_and_a_budget_reached_in_mid_stream_stops_at_the_last_token_it_pays(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind, options: new AdmissionOptions { ChunkTokens = 40, WaitForRelease = TimeSpan.FromMilliseconds(50) });
        await test.Admission.SetAsync(LimitSubject.Project(new ProjectId("project")), new AccountLimits { SpendPerDay = Hard(1005) }, default);
        IAdmittedRequest request = await test.AdmitAsync(Request(0, 1000));
        Assert.Equal(40, request.TokenAllowance);
        long generated = 0;
        while (generated < await request.ReportAsync(generated, default))
        {
            generated++;
        }

        Assert.Equal(100, generated);
        Assert.Equal(generated, (await test.Money.QueryAsync<long>("SELECT marked_tokens FROM holds", null, default))[0]);
        Assert.Equal(1000, (await request.SettleAsync(Used(0, generated, outcome: RequestOutcome.LimitReached), default)).Charge.Nanos);
        AdmissionResult.Refused refused = await test.RefusedAsync(Request(0, 1));
        Assert.Equal((AdmissionRefusal.Budget, null), (refused.Code, refused.RetryAfter));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Clients_at_a_hard_budget_never_pass_it_and_none_is_refused_while_money_is_left(DatabaseKind kind)
    {
        const long Budget = 40_000;
        await using AdmissionFixture test = await OpenAsync(kind, options: new AdmissionOptions { ChunkTokens = 16 });
        LimitSubject party = LimitSubject.Party(Buyer);
        await test.Admission.SetAsync(party, new AccountLimits { SpendPerMonth = Hard(Budget) }, default);
        long charged = 0;
        long settled = 0;
        var refusals = new System.Collections.Concurrent.ConcurrentBag<(long SettledBefore, string Reason)>();
        await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            var random = new Random(client);
            for (int i = 0; i < 6; i++)
            {
                if (await test.Admission.AdmitAsync(Request(5, random.Next(1, 60)), default) is not AdmissionResult.Admitted(var request))
                {
                    refusals.Add((Volatile.Read(ref charged), ""));
                    continue;
                }

                long wanted = random.Next(1, 60);
                long generated = 0;
                while (generated < wanted && generated < await request.ReportAsync(generated, default))
                {
                    generated++;
                }

                Settlement settlement = await request.SettleAsync(Used(5, generated), default);
                Interlocked.Add(ref charged, settlement.Charge.Nanos);
                Interlocked.Increment(ref settled);
            }
        })));
        AccountStanding standing = await test.StandingAsync(party);
        Assert.Equal((charged, 0, 0), (standing.SpentThisMonthNanos, standing.HeldNanos, standing.Running));
        Assert.InRange(charged, Budget - (5 * 2) - 9, Budget); // no more than one token with its prompt is left
        Assert.NotEmpty(refusals);
        Assert.Equal(settled, await test.CountAsync("meter_events"));
        LedgerVerdict verdict = await new LedgerReader(test.Money).VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
        Assert.Equal(charged, (await new LedgerReader(test.Money).BalancesAsync(LedgerAccount.Accrued(Buyer, Prices.Seller).Name, default)).Sum(b => b.Balance.Nanos));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Several_gateways_share_limits_exactly(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        await test.Admission.SetAsync(LimitSubject.Grant(new GrantId("grant_a")), new AccountLimits { RequestsPerDay = 30, SpendPerDay = Hard(12_000) }, default);
        await using Admission second = test.OpenAgain();
        await using Admission third = test.OpenAgain();
        AdmissionResult[] results = await Task.WhenAll(Enumerable.Range(0, 60).Select(async i =>
        {
            AdmissionResult result = await new[] { test.Admission, second, third }[i % 3].AdmitAsync(Request(0, 40), default);
            if (result is AdmissionResult.Admitted(var request))
            {
                await request.SettleAsync(Used(0, 40), default);
            }

            return result;
        }));
        Assert.Equal(30, results.Count(r => r is AdmissionResult.Admitted));
        Assert.All(results.OfType<AdmissionResult.Refused>(), r => Assert.Equal(AdmissionRefusal.RequestLimit, r.Code));
        foreach (Admission gateway in new[] { test.Admission, second, third })
        {
            AccountStanding standing = (await gateway.FindAsync(LimitSubject.Grant(new GrantId("grant_a")), default))!;
            Assert.Equal((12_000, 0, 0), (standing.SpentTodayNanos, standing.HeldNanos, standing.Running));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Limits_set_in_the_middle_of_a_month_count_what_was_spent_before(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 10), default);
        foreach (LimitSubject subject in new[] { LimitSubject.Key("key"), LimitSubject.Project(new ProjectId("project")), LimitSubject.Party(Buyer), LimitSubject.Grant(new GrantId("grant_b")) })
        {
            await test.Admission.SetAsync(subject, new AccountLimits { SpendPerMonth = Hard(150) }, default);
            Assert.Equal(120, (await test.StandingAsync(subject)).SpentThisMonthNanos);
        }

        Assert.Equal(1, (await test.AdmitAsync(Request(10, 10))).TokenAllowance);
        Assert.Equal(4, (await test.Admission.ListAsync(default)).Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Credit_is_added_once_an_id_and_not_taken_where_it_is_held(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        LimitSubject party = LimitSubject.Party(Buyer);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Admission.AddCreditAsync(party, "a", new Money(1, Euro), default));
        await test.Admission.SetAsync(party, new AccountLimits { PrepaidIn = Euro }, default);
        Assert.Equal(AdmissionRefusal.Credit, (await test.RefusedAsync(Request(10, 10))).Code);
        await test.Admission.AddCreditAsync(party, "a", new Money(200, Euro), default);
        await test.Admission.AddCreditAsync(party, "a", new Money(200, Euro), default);
        await Assert.ThrowsAsync<ArgumentException>(() => test.Admission.AddCreditAsync(party, "a", new Money(201, Euro), default));
        IAdmittedRequest request = await test.AdmitAsync(Request(10, 10));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Admission.AddCreditAsync(party, "b", new Money(-81, Euro), default));
        await request.SettleAsync(Used(10, 5), default);
        await test.Admission.AddCreditAsync(party, "b", new Money(-130, Euro), default);
        AccountStanding standing = await test.StandingAsync(party);
        Assert.Equal((70, 70), (standing.CreditNanos, standing.CreditSpentNanos));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task After_a_restart_limits_stand_where_they_stood(DatabaseKind kind)
    {
        await using AdmissionFixture test = await OpenAsync(kind);
        LimitSubject key = LimitSubject.Key("key");
        await test.Admission.SetAsync(key, new AccountLimits { RequestsPerMinute = 2, TokensPerDay = 1000, SpendPerDay = Hard(5000) }, default);
        await (await test.AdmitAsync(Request(10, 10))).SettleAsync(Used(10, 10), default);
        await test.AdmitAsync(Request(10, 10)); // and is never heard of again
        test.Restart();
        AdmissionResult.Refused refused = await test.RefusedAsync(Request(10, 10));
        Assert.Equal((AdmissionRefusal.RequestLimit, 0, 960), (refused.Code, refused.Limits.Requests!.Remaining, refused.Limits.Tokens!.Remaining));
        Assert.InRange(refused.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(70));
        AccountStanding standing = await test.StandingAsync(key);
        Assert.Equal((120, 120, 1), (standing.SpentTodayNanos, standing.HeldNanos, standing.Running));
    }

    [Fact]
    public async Task Without_a_price_nothing_is_admitted()
    {
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite);
        test.Prices = null;
        Assert.Equal(AdmissionRefusal.NoPrice, (await test.RefusedAsync(Request())).Code);
    }

    [Fact]
    public async Task A_database_that_does_not_answer_admits_nothing_and_work_goes_on_when_it_is_back()
    {
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite);
        await test.Admission.SetAsync(LimitSubject.Key("key"), new AccountLimits { Concurrency = 2, SpendPerDay = Hard(100_000) }, default);
        IAdmittedRequest running = await test.AdmitAsync(Request());
        await test.Money.WriteAsync(t => t.Execute("CREATE TRIGGER broken BEFORE INSERT ON holds BEGIN SELECT RAISE(ABORT, 'no'); END"), default);
        Assert.Equal(AdmissionRefusal.Unavailable, (await test.RefusedAsync(Request())).Code);
        await test.Money.WriteAsync(t => t.Execute("DROP TRIGGER broken"), default);
        Assert.Equal(1, (await test.StandingAsync(LimitSubject.Key("key"))).Running);
        await test.AdmitAsync(Request());
        await test.Money.WriteAsync(t => t.Execute("CREATE TRIGGER broken BEFORE INSERT ON meter_events BEGIN SELECT RAISE(ABORT, 'no'); END"), default);
        await Assert.ThrowsAsync<StorageFailedException>(() => running.SettleAsync(Used(10, 5), default));
        await test.Money.WriteAsync(t => t.Execute("DROP TRIGGER broken"), default);
        Assert.Equal(1, (await running.SettleAsync(Used(10, 5), default)).Sequence);
        AccountStanding standing = await test.StandingAsync(LimitSubject.Key("key"));
        Assert.Equal((1, 70), (standing.Running, standing.SpentTodayNanos));
    }

    [Theory]
    [InlineData(-1, 0, 0)]
    [InlineData(1, 2, 0)]
    [InlineData(1, 0, -1)]
    [InlineData(1, 0, long.MaxValue)]
    public async Task Usage_that_makes_no_sense_is_misuse(long prompt, long cached, long completion)
    {
        await using AdmissionFixture test = await OpenAsync(DatabaseKind.Sqlite);
        IAdmittedRequest request = await test.AdmitAsync(Request());
        await Assert.ThrowsAsync<ArgumentException>(() => request.SettleAsync(new UsageFacts(new ChargedTokens(prompt, cached, completion), 0, 0, RequestOutcome.Completed), default));
        await Assert.ThrowsAsync<ArgumentException>(() => request.SettleAsync(new UsageFacts(default, double.NaN, 0, RequestOutcome.Completed), default));
        await Assert.ThrowsAsync<ArgumentException>(() => test.Admission.AdmitAsync(Request(prompt: -1), default));
        await request.SettleAsync(Used(10, 1), default);
    }
}
