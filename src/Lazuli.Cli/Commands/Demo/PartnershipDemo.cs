using System.Globalization;
using System.Text;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Gateway;

namespace Lazuli.Cli;

/// <summary>The partnership of a nonprofit's lab from licence to royalty, played on a small model through the same API that everybody uses.</summary>
internal sealed class PartnershipDemo(DemoServer server, DemoStory story, TimeProvider time)
{
    private const string Field = "customer-support";
    private const int MostAttempts = 15;
    private static readonly Currency s_euro = new("EUR");
    private static readonly PartyId s_foundation = new("foundation"), s_investor = new("investor"), s_commercialiser = new("meridian"), s_partner = new("helpdesk"), s_customer = new("acme"), s_provider = new(DemoServer.Provider);

    private AdminLink Admin => server.Admin;

    /// <summary>Plays it.</summary>
    public async Task<PartnershipOutcome> PlayAsync(CancellationToken cancel)
    {
        DateTimeOffset from = WholeSecond(time.GetUtcNow());
        await MeetPartiesAsync(cancel).ConfigureAwait(false);
        await CommitAsync(cancel).ConfigureAwait(false);
        GrantId[] chain = await GrantLicencesAsync(cancel).ConfigureAwait(false);
        await SetPricesAsync(chain[^1], cancel).ConfigureAwait(false);
        using DemoCustomer customer = await GiveKeyAsync(cancel).ConfigureAwait(false);
        IReadOnlyList<DemoCall> calls = await CallAsync(customer, cancel).ConfigureAwait(false);
        TimeSpan ended = await HoldAsync(customer, cancel).ConfigureAwait(false);
        return await CloseAsync(from, chain, calls, ended, cancel).ConfigureAwait(false);
    }

    private async Task MeetPartiesAsync(CancellationToken cancel)
    {
        story.Begin("The parties");
        await AddAsync(s_foundation, PartyKind.Nonprofit, "The foundation", "owns the lab").ConfigureAwait(false);
        await AddAsync(s_investor, PartyKind.Investor, "The investor", "commits capital for a capped return").ConfigureAwait(false);
        await AddAsync(s_commercialiser, PartyKind.Commercialiser, "Meridian", "takes the lab's model to market").ConfigureAwait(false);
        await AddAsync(s_partner, PartyKind.Partner, "Helpdesk", "sells it on to its customers").ConfigureAwait(false);
        await AddAsync(s_customer, PartyKind.Customer, "Acme", "uses it").ConfigureAwait(false);
        await AddAsync(s_provider, PartyKind.Provider, "Northcloud", "runs the machines").ConfigureAwait(false);

        async Task AddAsync(PartyId id, PartyKind kind, string name, string what)
        {
            await Admin.PostAsync("parties/", new NewParty(id, kind, name), cancel).ConfigureAwait(false);
            story.Tell($"{name} ({id}) {what}.");
        }
    }

    private async Task<GrantId[]> GrantLicencesAsync(CancellationToken cancel)
    {
        story.Begin("The licences");
        GrantTerms preferred = Terms(UseRight.Use | UseRight.Serve | UseRight.Sublicense | UseRight.Resell, depth: 2, shareBasisPoints: 2000) with { Exclusivity = Exclusivity.Preferred, NoticeDays = 30 };
        Grant first = await SignedAsync(PartyId.Lab, s_commercialiser, null, preferred, cancel).ConfigureAwait(false);
        story.Tell($"The lab licenses '{server.Model.Name}' to Meridian as preferred partner for {Field}, for 20 % of what it earns.");
        string tooSoon = await RefusedAsync(new NewOffer(PartyId.Lab, s_partner, Terms(UseRight.Use, 0, 2000)), cancel).ConfigureAwait(false);
        story.Tell($"To license somebody else in that field without asking Meridian first is refused: {tooSoon}");

        await Admin.PostAsync($"grants/{first.Id}/end", new Because("Both agreed on exclusivity."), cancel).ConfigureAwait(false);
        Grant exclusive = await SignedAsync(PartyId.Lab, s_commercialiser, null, preferred with { Exclusivity = Exclusivity.ExclusiveInField, NoticeDays = 0 }, cancel).ConfigureAwait(false);
        story.Tell($"They agree on more: exclusive in {Field} ({exclusive.Id}).");
        Grant sub = await SignedAsync(s_commercialiser, s_partner, exclusive.Id, Terms(UseRight.Use | UseRight.Serve | UseRight.Sublicense | UseRight.Resell, depth: 1, shareBasisPoints: 3000) with { Restrictions = ["no-medical-advice"] }, cancel).ConfigureAwait(false);
        story.Tell("Meridian sub-licenses to Helpdesk, for 30 %, and forbids medical advice.");
        string wider = await RefusedAsync(new NewOffer(s_partner, s_customer, Terms(UseRight.Use, 0, 0) with { Fields = ["trading"], Restrictions = ["no-medical-advice"] }, sub.Id), cancel).ConfigureAwait(false);
        story.Tell($"Helpdesk cannot give away more than it has: {wider}");
        Grant use = await SignedAsync(s_partner, s_customer, sub.Id, Terms(UseRight.Use, 0, 0) with { Restrictions = ["no-medical-advice"], Fees = [] }, cancel).ConfigureAwait(false);
        story.Tell($"Helpdesk licenses Acme to use it ({use.Id}).");
        foreach (ModelStage stage in new[] { ModelStage.Assessors, ModelStage.PreviewPartners, ModelStage.Commercial })
        {
            await Admin.PutAsync($"models/{server.Model.Name}/stage", new StageSet(stage), cancel).ConfigureAwait(false);
        }

        story.Tell("The lab releases the model step by step to the stage 'commercial'; until then no licence opened anything.");
        return [exclusive.Id, sub.Id, use.Id];
    }

    private async Task CommitAsync(CancellationToken cancel)
    {
        story.Begin("Capital and compute");
        const long Million = 1_000_000 * Money.NanosPerUnit;
        var cash = new CapitalCommitment
        {
            Id = "round-one", Investor = s_investor, Receiver = PartyId.Lab, Kind = CapitalKind.Cash, Currency = s_euro, CapPercent = 10_000,
            Tranches = [new CapitalTranche(1, Million, time.GetUtcNow()), new CapitalTranche(2, 9 * Million, time.GetUtcNow(), "the first model is on the market")],
        };
        await Admin.PostAsync("capital/", cash, cancel).ConfigureAwait(false);
        await Admin.PostAsync("capital/", cash with { Id = "round-one-compute", Kind = CapitalKind.ComputeCredit, Tranches = [new CapitalTranche(1, 5 * Million, time.GetUtcNow())] }, cancel).ConfigureAwait(false);
        await Admin.PostAsync("capital/round-one/tranches/1/draws", new Payment(new Money(Million, s_euro), "first draw"), cancel).ConfigureAwait(false);
        story.Tell("The investor commits 10 million EUR in two tranches and 5 million in compute, for at most a hundredfold; the lab draws the first million.");
        await Admin.PostAsync("commitments/", new NewCommitment(PartyId.Lab, new CommitmentTerms { Provider = s_provider, Covers = ComputeUse.Train | ComputeUse.Run, Exclusive = true, From = new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero) }), cancel).ConfigureAwait(false);
        story.Tell("In return the lab's models are trained and run on Northcloud's machines only. This server says that it is one of them; without, it would answer no call.");
        Distribution plan = await Admin.PostAsync<Distribution>($"capital/{PartyId.Lab}/returns", new CapitalReturn(new Money(Million / 2, s_euro), s_foundation, "demonstration"), cancel).ConfigureAwait(false);
        long toInvestor = plan.Parts.Sum(part => part.Nanos);
        story.Tell($"Of half a million returned, {Amount(toInvestor)} goes to the investor, whose cap is far, and {Amount(plan.ResidualNanos)} to the foundation, which gets all above the cap.");
    }

    private async Task SetPricesAsync(GrantId grant, CancellationToken cancel)
    {
        story.Begin("Prices and limits");
        const string Plan = """{"plan":"helpdesk-standard","currency":"EUR","rates":[{"model":"*","meter":"input","scheme":"perUnit","price":"2","per":1000},{"model":"*","meter":"output","scheme":"perUnit","price":"6","per":1000}]}""";
        PriceVersion version = await Admin.PostAsync<PriceVersion>($"prices/?seller={s_partner}", Encoding.UTF8.GetBytes(Plan), cancel).ConfigureAwait(false);
        await Admin.PostAsync("prices/assignments", new PriceAssignment { PriceVersion = version.Name, Grant = grant, From = time.GetUtcNow().AddMilliseconds(1) }, cancel).ConfigureAwait(false);
        story.Tell($"Helpdesk asks 2 EUR a thousand prompt tokens and 6 EUR a thousand generated ones ({version.Name}, {version.Digest[..19]}…).");
    }

    private async Task<DemoCustomer> GiveKeyAsync(CancellationToken cancel)
    {
        await Admin.PostAsync("projects/", new NewProject(new ProjectId("acme-desk"), "Acme's support desk", [new OwnershipShare(s_customer, OwnershipShare.Whole)], Field), cancel).ConfigureAwait(false);
        await Admin.PutAsync("limits/project/acme-desk", new AccountLimits { RequestsPerMinute = 600, SpendPerMonth = new SpendLimit(new Money(50 * Money.NanosPerUnit, s_euro), IsHard: true) }, cancel).ConfigureAwait(false);
        story.Tell("Acme's project may spend 50.00 EUR a month, and not a token more.");
        CreatedApiKey key = await Admin.PostAsync<CreatedApiKey>("keys/", new NewApiKey { Label = "support desk", Project = new ProjectId("acme-desk") }, cancel).ConfigureAwait(false);
        return new DemoCustomer(server.Api, key.Key, server.Model.Name);
    }

    private async Task<IReadOnlyList<DemoCall>> CallAsync(DemoCustomer customer, CancellationToken cancel)
    {
        story.Begin("The customer calls");
        var calls = new List<DemoCall>();
        foreach ((string prompt, int tokens) in new[] { ("How do I reset my password?", 24), ("My order has not come.", 40), ("Where is my invoice?", 16) })
        {
            DemoCall call = await customer.CallAsync(prompt, tokens, cancel).ConfigureAwait(false);
            calls.Add(call.Status == 200 ? call : throw new CommandException($"The demonstration failed: a licensed call was answered {call.Status}: {call.Refusal}"));
            story.Tell(string.Create(CultureInfo.InvariantCulture, $"\"{prompt}\" is answered: {call.PromptTokens} prompt tokens, {call.CompletionTokens} generated."));
        }

        EntitlementAnswer outside = await Admin.PostAsync<EntitlementAnswer>("entitlements/decide", Question("trading"), cancel).ConfigureAwait(false);
        story.Tell($"In another field of use it is refused: {outside.Reason}");
        return calls;
    }

    private async Task<TimeSpan> HoldAsync(DemoCustomer customer, CancellationToken cancel)
    {
        story.Begin("A safety hold");
        (string lastWords, TimeSpan after) = await customer.ReadUntilEndedAsync(
            "Tell me a very long story.",
            3000,
            () => Admin.PostAsync("models/hold", new ModelsStopped([server.Model.Name, server.Model.Digest.Value], "An evaluation found what it should not."), cancel),
            cancel).ConfigureAwait(false);
        story.Tell(string.Create(CultureInfo.InvariantCulture, $"While Acme reads a long answer, the lab's safety officer puts the model on hold. The stream ends after {after.TotalSeconds:0.0} s: {lastWords}"));
        DemoCall refused = await customer.CallAsync("Are you there?", 4, cancel).ConfigureAwait(false);
        story.Tell(string.Create(CultureInfo.InvariantCulture, $"The next call is refused ({refused.Status}): {refused.Refusal}"));
        await Admin.PostAsync("models/release", new ModelsStopped([server.Model.Name, server.Model.Digest.Value], "The finding was a mistake of the evaluation."), cancel).ConfigureAwait(false);
        return after;
    }

    private async Task<PartnershipOutcome> CloseAsync(DateTimeOffset from, GrantId[] chain, IReadOnlyList<DemoCall> calls, TimeSpan ended, CancellationToken cancel)
    {
        story.Begin("The month closes");
        DateTimeOffset until = WholeSecond(time.GetUtcNow()).AddSeconds(1); // seconds stand for months here
        Invoice invoice = await InvoicedAsync(new InvoiceRequest { Issuer = new InvoiceParty(s_partner, "Helpdesk", []), Customer = new InvoiceParty(s_customer, "Acme", []), Currency = s_euro, From = from, Until = until, Cutoff = until }, cancel).ConfigureAwait(false);
        RoyaltyStatement partner = await StatementAsync(s_commercialiser, s_partner, chain[1]).ConfigureAwait(false);
        RoyaltyStatement commercialiser = await StatementAsync(PartyId.Lab, s_commercialiser, chain[0]).ConfigureAwait(false);
        Money total = invoice.Document.TotalOf();
        story.Tell($"Helpdesk's invoice {invoice.Document.Number} to Acme: {total}.");
        foreach (InvoiceLine line in invoice.Document.Lines)
        {
            story.Tell(string.Create(CultureInfo.InvariantCulture, $"  {line.Description}: {line.Quantity:N0} × {Amount(line.UnitNanos)} = {Amount(line.Nanos)}"));
        }

        story.Tell($"Helpdesk owes Meridian {Amount(partner.TotalNanos)} ({partner.Number}); Meridian owes the lab {Amount(commercialiser.TotalNanos)} ({commercialiser.Number}).");
        LedgerVerdict verdict = await Admin.PostAsync<LedgerVerdict>("ledger/verify", (object?)null, cancel).ConfigureAwait(false);
        story.Tell(verdict.Holds ? string.Create(CultureInfo.InvariantCulture, $"The ledger holds: {verdict.Transfers} transfers rebuild the balances of {verdict.Accounts} accounts.") : $"The ledger does not hold: {verdict.FirstDifference}");
        LedgerBalance[] earnings = await Admin.GetAsync<LedgerBalance[]>("ledger/balances?prefix=earnings:lab", cancel).ConfigureAwait(false);
        Money income = earnings.FirstOrDefault(balance => balance.Debits.Currency == s_euro)?.Balance ?? new Money(0, s_euro);
        story.Tell($"The lab's income in the ledger: {income}.");
        UsageVerdict proven = await ProveAsync(from, until, cancel).ConfigureAwait(false);
        return new PartnershipOutcome(invoice, partner, commercialiser, income, verdict, proven, calls, ended);

        Task<RoyaltyStatement> StatementAsync(PartyId licensor, PartyId licensee, GrantId grant) =>
            Admin.PostAsync<RoyaltyStatement>("royalties/", new StatementWanted(licensor, licensee, s_euro, from, until, [grant]), cancel);
    }

    private async Task<UsageVerdict> ProveAsync(DateTimeOffset from, DateTimeOffset until, CancellationToken cancel)
    {
        story.Begin("Nobody has to trust the seller");
        LogState log = await Admin.GetAsync<LogState>("log", cancel).ConfigureAwait(false);
        UsageProof proof = await SealedAsync().ConfigureAwait(false);
        UsageVerdict verdict = UsageProofVerifier.Verify(proof, log.Key);
        story.Tell(verdict.Holds
            ? string.Create(CultureInfo.InvariantCulture, $"Acme checks its use with the log's key alone: {verdict.Events} events in {verdict.Intervals} sealed intervals, all of them and no others; {verdict.Tokens.Prompt} prompt and {verdict.Tokens.Completion} generated tokens, {string.Join(" and ", verdict.Charges)} before rounding.")
            : $"The proof does not hold: {verdict.Fault}");
        int used = proof.Intervals.TakeWhile(interval => interval.Events.Count == 0).Count();
        ProvenInterval changed = proof.Intervals[used] with { Events = [.. proof.Intervals[used].Events.Skip(1)] };
        UsageVerdict tampered = UsageProofVerifier.Verify(proof with { Intervals = [.. proof.Intervals.Take(used), changed, .. proof.Intervals.Skip(used + 1)] }, log.Key);
        story.Tell($"Had the seller kept one call back: {tampered.Fault ?? "nobody would have seen it"}");
        return tampered.Holds ? verdict with { Fault = "A proof with an event left out was taken for a whole one." } : verdict;

        async Task<UsageProof> SealedAsync()
        {
            for (int attempt = 1; ; attempt++)
            {
                try
                {
                    return await Admin.GetAsync<UsageProof>(UsageCommand.PathOf(s_customer.Value, from, until), cancel).ConfigureAwait(false);
                }
                catch (CommandException refused) when (refused.ExitCode == ExitCode.Refused && attempt < MostAttempts)
                {
                    await Task.Delay(TimeSpan.FromSeconds(1), time, cancel).ConfigureAwait(false);
                }
            }
        }
    }

    /// <summary>Metering says that a period is complete a moment after it: what is missing is not zero.</summary>
    private async Task<Invoice> InvoicedAsync(InvoiceRequest request, CancellationToken cancel)
    {
        TimeSpan left = request.Until - time.GetUtcNow();
        await Task.Delay(left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(10) : TimeSpan.Zero, time, cancel).ConfigureAwait(false);
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                Invoice draft = await Admin.PostAsync<Invoice>("invoices/", request, cancel).ConfigureAwait(false);
                return await Admin.PostAsync<Invoice>($"invoices/{draft.Id}/finalise", (object?)null, cancel).ConfigureAwait(false);
            }
            catch (CommandException refused) when (refused.ExitCode == ExitCode.Refused && attempt < MostAttempts)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), time, cancel).ConfigureAwait(false);
            }
        }
    }

    private async Task<Grant> SignedAsync(PartyId licensor, PartyId licensee, GrantId? parent, GrantTerms terms, CancellationToken cancel)
    {
        Grant offer = await Admin.PostAsync<Grant>("grants/", new NewOffer(licensor, licensee, terms, parent), cancel).ConfigureAwait(false);
        return await Admin.PostAsync<Grant>($"grants/{offer.Id}/sign", (object?)null, cancel).ConfigureAwait(false);
    }

    /// <summary>Tries what must not go; answers why it did not.</summary>
    private async Task<string> RefusedAsync(NewOffer offer, CancellationToken cancel)
    {
        try
        {
            Grant made = await Admin.PostAsync<Grant>("grants/", offer, cancel).ConfigureAwait(false);
            await Admin.PostAsync($"grants/{made.Id}/sign", (object?)null, cancel).ConfigureAwait(false);
        }
        catch (CommandException refused) when (refused.ExitCode is ExitCode.Refused or ExitCode.Usage)
        {
            return refused.Message;
        }

        throw new CommandException($"The demonstration failed: an offer from {offer.Licensor} to {offer.Licensee} that must be refused was signed.");
    }

    private EntitlementQuestion Question(string field) =>
        new() { Party = s_customer, Project = new ProjectId("acme-desk"), ModelName = server.Model.Name, ModelDigest = server.Model.Digest.Value, Right = UseRight.Use, FieldOfUse = field };

    private GrantTerms Terms(UseRight rights, int depth, int shareBasisPoints) => new()
    {
        Models = [server.Model.Name],
        Assets = AssetClasses.Api,
        Rights = rights,
        Fields = [Field],
        From = new DateTimeOffset(time.GetUtcNow().Date, TimeSpan.Zero),
        SublicenseDepth = depth,
        Fees = shareBasisPoints > 0 ? [new GrantFee.RevenueShare(shareBasisPoints)] : [],
    };

    private static DateTimeOffset WholeSecond(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static string Amount(long nanos) => new Money(nanos, s_euro).ToString();
}
