using CsCheck;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public sealed class RoyaltyTests
{
    private const long Cent = 10_000_000;
    private const string Odd = """[{"model":"*","meter":"input","scheme":"perUnit","price":"0.157","per":1000},{"model":"*","meter":"output","scheme":"graduated","per":1000,"tiers":[{"upTo":1000,"price":"0.613"},{"price":"0.409"}]}]""";

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Invoice_statements_and_the_labs_income_agree_to_the_cent(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        string version = await fixture.PriceAsync(Odd);
        await fixture.UseAsync(version, UsageMeter.InputTokens, 1_234);
        await fixture.UseAsync(version, UsageMeter.OutputTokens, 7_777);
        Invoice invoice = await fixture.CloseAsync();
        (RoyaltyStatement partner, RoyaltyStatement commercialiser) = await StatementsAsync(fixture);
        Assert.Equal(invoice.Document.NetNanos, partner.Lines[0].GrossNanos);
        Assert.Equal(InvoiceTotals.Share(invoice.Document.NetNanos, 3000, Cent), partner.TotalNanos);
        Assert.Equal(partner.TotalNanos, commercialiser.Lines[0].GrossNanos);
        Assert.Equal(InvoiceTotals.Share(partner.TotalNanos, 2000, Cent), commercialiser.TotalNanos);
        await AgreeAsync(fixture, [invoice]);
        Assert.Equal("commercialiser-R000001", partner.Number);
        Assert.Equal(MoneyJson.Digest(fixture.Royalties.Export(partner, InvoiceFormat.Json)), partner.Digest);
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Asking_for_a_statement_again_answers_the_one_that_was_issued(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        string version = await fixture.PriceAsync(Odd);
        await fixture.UseAsync(version, UsageMeter.InputTokens, 1_234);
        await fixture.CloseAsync();
        (RoyaltyStatement first, _) = await StatementsAsync(fixture);
        fixture.Money.Time.Advance(TimeSpan.FromHours(1));
        (RoyaltyStatement again, _) = await StatementsAsync(fixture);
        Assert.Equal((first.Number, first.Digest), (again.Number, again.Digest));
        Assert.Empty(await fixture.Royalties.OpenAsync(InvoiceFixture.December, default));
        await Assert.ThrowsAsync<BillingRefusedException>(() => fixture.Royalties.IssueAsync(
            InvoiceFixture.Commercialiser, InvoiceFixture.Partner, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.November.AddDays(3), [], default));
    }

    [Theory]
    [MemberData(nameof(TestDatabases.All), MemberType = typeof(TestDatabases))]
    public async Task Voiding_takes_royalties_back_on_the_same_statement(DatabaseKind kind)
    {
        await using InvoiceFixture fixture = await InvoiceFixture.OpenAsync(kind);
        string version = await fixture.PriceAsync(Odd);
        await fixture.UseAsync(version, UsageMeter.InputTokens, 1_234);
        Invoice invoice = await fixture.CloseAsync();
        Invoice note = await fixture.Invoices.VoidAsync(invoice.Id, "test", default);
        (RoyaltyStatement partner, _) = await StatementsAsync(fixture);
        Assert.Equal([invoice.Document.Number, note.Document.Number], partner.Lines.Select(line => line.Invoice));
        Assert.Equal(0, partner.TotalNanos);
        Assert.Equal(0, await fixture.BalanceAsync("earnings:lab"));
    }

    [Fact]
    public async Task Fixed_fees_and_tokens_at_a_plan_are_owed_beside_the_share()
    {
        using var fixture = new InvoiceFixture();
        string version = await fixture.PriceAsync(Odd);
        await fixture.PriceAsync("""[{"model":"*","meter":"input","scheme":"perUnit","price":"0.00001"},{"model":"*","meter":"output","scheme":"perUnit","price":"0.00001"}]""", plan: "weights");
        fixture.Links[1] = fixture.Links[1] with { ShareBasisPoints = 0, TokenPlan = "weights", Fixed = new Money(100 * Money.NanosPerUnit, MoneyFixture.Euro) };
        await fixture.UseAsync(version, UsageMeter.InputTokens, 10_000);
        await fixture.CloseAsync();
        (RoyaltyStatement partner, _) = await StatementsAsync(fixture);
        Assert.Equal(10 * Cent, partner.Lines[0].Nanos);
        Assert.Equal((100 * Money.NanosPerUnit) + (10 * Cent), partner.TotalNanos);
        Assert.Equal(partner.TotalNanos, await fixture.BalanceAsync("royalty:commercialiser:receivable"));
    }

    [Fact]
    public async Task Owners_of_a_model_share_what_reaches_its_lab_to_the_cent()
    {
        using var fixture = new InvoiceFixture();
        fixture.Owners["joint"] = [new OwnershipShare(InvoiceFixture.Lab, 6_667), new OwnershipShare(new PartyId("university"), 3_333)];
        string version = await fixture.PriceAsync(Odd);
        await fixture.UseAsync(version, UsageMeter.InputTokens, 50_000, model: "joint");
        await fixture.UseAsync(version, UsageMeter.InputTokens, 25_000, model: "own");
        Invoice invoice = await fixture.CloseAsync(); // 7.85 and 3.93: the lab gets 0.71 of 11.78, of which 0.47 is the joint model's
        Assert.Equal(1178 * Cent, invoice.Document.NetNanos);
        Assert.Equal(16 * Cent, await fixture.BalanceAsync("earnings:university"));
        Assert.Equal(71 * Cent, await fixture.BalanceAsync("earnings:lab"));
        Assert.Equal(16 * Cent, await fixture.BalanceAsync("royalty:lab:payable"));
        RoyaltyStatement statement = await fixture.Royalties.IssueAsync(new PartyId("university"), InvoiceFixture.Lab, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December, [], default);
        Assert.Equal((47 * Cent, 3_333, 16 * Cent), (statement.Lines[0].GrossNanos, statement.Lines[0].ShareBasisPoints, statement.TotalNanos));
        Assert.True((await fixture.Money.Ledger.VerifyAsync(default)).Holds);
    }

    [Fact]
    public void What_owners_get_and_the_lead_keeps_sums_to_the_income() =>
        Gen.Select(Gen.Long[-100_000, 100_000], Gen.Long[-1000, 1000].Array[1, 4], Gen.Int[1, 9_999]).Sample((cents, models, points) =>
        {
            OwnershipShare[] owners = [new(new PartyId("lead"), points), new(new PartyId("other"), 10_000 - points)];
            IReadOnlyList<RoyaltyShare> shares = OwnerShares.Divide(new PartyId("lead"), cents * Cent, [.. models.Select((nanos, i) => ("m" + i, nanos, (IReadOnlyList<OwnershipShare>)owners))], MoneyFixture.Euro);
            Assert.All(shares, share => Assert.Equal("other", share.Link.Licensor.Value));
            Assert.All(shares, share => Assert.True(Math.Abs(share.Nanos) <= Math.Abs(share.GrossNanos)));
            Assert.Equal(shares.Count == 0 ? 0 : cents * Cent, shares.Sum(share => share.GrossNanos));
        });

    [Fact]
    public void Fees_of_a_grant_become_one_link()
    {
        Grant grant = Granted(new GrantFee.RevenueShare(2000), new GrantFee.PerToken("weights"), new GrantFee.Fixed(5, "EUR"), new GrantFee.Fixed(7, "EUR"));
        Assert.Equal(new RoyaltyLink(new GrantId("g"), InvoiceFixture.Lab, InvoiceFixture.Commercialiser, 2000, "weights", new Money(12, MoneyFixture.Euro)), GrantRoyaltyTerms.LinkOf(grant));
        Assert.Throws<BillingRefusedException>(() => GrantRoyaltyTerms.LinkOf(Granted(new GrantFee.RevenueShare(6000), new GrantFee.RevenueShare(6000))));
        Assert.Throws<BillingRefusedException>(() => GrantRoyaltyTerms.LinkOf(Granted(new GrantFee.PerToken("a"), new GrantFee.PerToken("b"))));
        Assert.Throws<BillingRefusedException>(() => GrantRoyaltyTerms.LinkOf(Granted(new GrantFee.Fixed(5, "EUR"), new GrantFee.Fixed(7, "USD"))));
    }

    [Fact]
    public async Task A_plan_of_somebody_else_than_the_last_licensor_is_refused()
    {
        using var fixture = new InvoiceFixture();
        string version = await fixture.PriceAsync(Odd);
        fixture.Links[2] = fixture.Links[2] with { Licensor = InvoiceFixture.Lab };
        await fixture.UseAsync(version, UsageMeter.InputTokens, 10_000);
        Assert.Equal(BillingRefusal.Conflict, (await Assert.ThrowsAsync<BillingRefusedException>(() => fixture.CloseAsync())).Code);
    }

    [Fact]
    public void For_any_use_prices_and_shares_every_document_agrees_to_the_cent() =>
        Gen.Select(Gen.Long[0, 200_000].Array[2, 6], Gen.Int[0, 10_000], Gen.Int[0, 10_000], Gen.Bool).Sample(
            (quantities, upper, lower, isVoided) => AgreesAsync(quantities, upper, lower, isVoided).GetAwaiter().GetResult(), iter: 10);

    [Fact]
    public void Shares_of_a_chain_and_what_each_keeps_sum_to_the_gross() =>
        Gen.Select(Gen.Long[-1_000_000, 1_000_000], Gen.Int[0, 10_000].Array[1, 6]).Sample((cents, shares) =>
        {
            RoyaltyLink[] links = [.. shares.Append(0).Select((share, i) => new RoyaltyLink(new GrantId("g" + i), new PartyId("p" + i), new PartyId("p" + (i + 1)), share))];
            IReadOnlyList<RoyaltyShare> divided = RoyaltyShares.Divide(links, new PartyId("p" + shares.Length), cents * Cent, _ => 0, MoneyFixture.Euro);
            long kept = cents * Cent;
            for (int i = 0; i < divided.Count; i++)
            {
                Assert.Equal(i == 0 ? cents * Cent : divided[i - 1].Nanos, divided[i].GrossNanos);
                Assert.True(Math.Abs(divided[i].Nanos) <= Math.Abs(divided[i].GrossNanos));
                Assert.True(Math.Abs(divided[i].Nanos - (divided[i].GrossNanos * (decimal)divided[i].Link.ShareBasisPoints / 10_000)) <= Cent / 2);
                kept -= divided[i].GrossNanos - divided[i].Nanos;
            }

            Assert.Equal(divided[^1].Nanos, kept);
        });

    private static Grant Granted(params GrantFee[] fees) => new()
    {
        Id = new GrantId("g"),
        Licensor = InvoiceFixture.Lab,
        Licensee = InvoiceFixture.Commercialiser,
        State = GrantState.Active,
        OfferedAt = InvoiceFixture.November,
        Terms = new GrantTerms { Models = [GrantTerms.Any], Assets = default, Rights = UseRight.Use, From = InvoiceFixture.November, Fees = fees },
    };

    private static async Task AgreesAsync(long[] quantities, int upper, int lower, bool isVoided)
    {
        using var fixture = new InvoiceFixture();
        fixture.Links[0] = fixture.Links[0] with { ShareBasisPoints = upper };
        fixture.Links[1] = fixture.Links[1] with { ShareBasisPoints = lower };
        string version = await fixture.PriceAsync(Odd);
        for (int i = 0; i < quantities.Length; i++)
        {
            await fixture.UseAsync(version, i % 2 == 0 ? UsageMeter.InputTokens : UsageMeter.OutputTokens, quantities[i], model: "m" + (i / 2));
        }

        List<Invoice> all = [await fixture.CloseAsync()];
        if (isVoided && all[0].State == InvoiceState.Finalised)
        {
            all.Add(await fixture.Invoices.VoidAsync(all[0].Id, "test", default));
            all.Add(await fixture.CloseAsync());
        }

        await AgreeAsync(fixture, all);
    }

    private static async Task AgreeAsync(InvoiceFixture fixture, IReadOnlyList<Invoice> invoices)
    {
        (RoyaltyStatement partner, RoyaltyStatement commercialiser) = await StatementsAsync(fixture);
        long net = invoices.Sum(invoice => invoice.Document.NetNanos);
        Assert.Equal(net, invoices.SelectMany(invoice => invoice.Document.Lines).Sum(line => line.Nanos));
        Assert.Equal(net, await fixture.BalanceAsync("earnings:partner"));
        Assert.Equal(partner.TotalNanos, await fixture.BalanceAsync("royalty:partner:payable"));
        Assert.Equal(partner.TotalNanos, await fixture.BalanceAsync("earnings:commercialiser"));
        Assert.Equal(commercialiser.TotalNanos, await fixture.BalanceAsync("royalty:commercialiser:payable"));
        Assert.Equal(commercialiser.TotalNanos, await fixture.BalanceAsync("earnings:lab"));
        Assert.Equal(net, (net - partner.TotalNanos) + (partner.TotalNanos - commercialiser.TotalNanos) + await fixture.BalanceAsync("earnings:lab"));
        Assert.Equal(0, await fixture.BalanceAsync("customer:acme:accrued:partner"));
        LedgerVerdict verdict = await fixture.Money.Ledger.VerifyAsync(default);
        Assert.True(verdict.Holds, verdict.FirstDifference);
    }

    private static async Task<(RoyaltyStatement Partner, RoyaltyStatement Commercialiser)> StatementsAsync(InvoiceFixture fixture) =>
        (await fixture.Royalties.IssueAsync(
            InvoiceFixture.Commercialiser, InvoiceFixture.Partner, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December, [InvoiceFixture.Chain[1]], default),
         await fixture.Royalties.IssueAsync(
            InvoiceFixture.Lab, InvoiceFixture.Commercialiser, MoneyFixture.Euro, InvoiceFixture.November, InvoiceFixture.December, [InvoiceFixture.Chain[0]], default));
}
