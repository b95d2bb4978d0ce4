using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Invoices, statements and use as a test sets them: their making wants months, their showing does not.</summary>
internal sealed class SetDocuments : IInvoices, IRoyalties, IMeterEvents, IUsageProofs
{
    private static readonly DateTimeOffset s_month = new(2026, 10, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly List<Invoice> _invoices = [];
    private readonly List<RoyaltyStatement> _statements = [];
    private readonly List<MeterEvent> _uses = [];

    /// <summary>What was changed, in order.</summary>
    public List<string> Changes { get; } = [];

    public IReadOnlyList<Invoice> Invoices => _invoices;

    public IReadOnlyList<MeterEvent> Uses => _uses;

    public void Add(string issuer, string customer, InvoiceState state)
    {
        InvoiceRequest request = Partnership.Request(issuer, customer);
        var document = new InvoiceDocument
        {
            Kind = InvoiceKind.Invoice, Number = state == InvoiceState.Draft ? "" : $"N{_invoices.Count}", Issuer = request.Issuer, Customer = request.Customer, Currency = request.Currency, From = request.From, Until = request.Until,
            Cutoff = request.Until, InvoiceAt = request.Until, PaymentDays = 30, Lines = [], Taxes = [], NetNanos = 0, TotalNanos = 0,
        };
        _invoices.Add(new Invoice(new InvoiceId($"invoice-{_invoices.Count}"), state, document, "", 0));
    }

    public void AddStatement(string licensor, string licensee) => _statements.Add(new RoyaltyStatement
    {
        Number = $"R{_statements.Count}", Licensor = new PartyId(licensor), Licensee = new PartyId(licensee), Currency = new Currency("EUR"), From = s_month, Until = s_month.AddMonths(1), IssuedAt = s_month.AddMonths(1), Lines = [], FixedNanos = 0, TotalNanos = 0,
    });

    public void AddUse(string party, string key, GrantId[] chain) => _uses.Add(new MeterEvent
    {
        Source = "test", Sequence = _uses.Count + 1, RequestId = Guid.NewGuid(), At = s_month, Key = key, Project = new ProjectId($"{party}-project"), Party = new PartyId(party), GrantChain = chain,
        ModelName = "labs-model", ModelDigest = "sha256:" + new string('0', 64), PriceVersion = "sellers@1", Tokens = new ChargedTokens(1, 0, 1), DeviceMicroseconds = 1, Flop = 1, Charge = new Money(1, new Currency("EUR")), Outcome = RequestOutcome.Interrupted,
    });

    public Task<Invoice> DraftAsync(InvoiceRequest request, CancellationToken cancellationToken) => ChangeAsync($"draft {request.Issuer.Id} {request.Customer.Id}", _invoices[0]);

    public Task<Invoice> FinaliseAsync(InvoiceId id, CancellationToken cancellationToken) => ChangeAsync($"finalise {id}", _invoices[0]);

    public Task<Invoice> PayAsync(InvoiceId id, Money amount, string reference, CancellationToken cancellationToken) =>
        amount.Nanos > 0 ? ChangeAsync($"pay {id}", _invoices[0]) : throw new BillingRefusedException(BillingRefusal.NotEnough, "Nothing is nothing.");

    public Task<Invoice> WriteOffAsync(InvoiceId id, string reason, CancellationToken cancellationToken) => ChangeAsync($"write-off {id}", _invoices[0]);

    public Task<Invoice> VoidAsync(InvoiceId id, string reason, CancellationToken cancellationToken) => ChangeAsync($"void {id}", _invoices[0]);

    public Task<Invoice?> FindAsync(string idOrNumber, CancellationToken cancellationToken) => Task.FromResult(_invoices.Find(invoice => invoice.Id.Value == idOrNumber));

    public Task<IReadOnlyList<Invoice>> ListAsync(PartyId? issuer, PartyId? customer, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<Invoice>>(_invoices);

    public string Export(Invoice invoice, InvoiceFormat format) => invoice.Id.Value;

    Task<RoyaltyStatement> IRoyalties.IssueAsync(PartyId licensor, PartyId licensee, Currency currency, DateTimeOffset from, DateTimeOffset until, IReadOnlyList<GrantId> grants, CancellationToken cancellationToken) =>
        ChangeAsync($"statement {licensor} {licensee}", _statements[0]);

    Task<IReadOnlyList<RoyaltyStatement>> IRoyalties.ListAsync(PartyId? licensor, PartyId? licensee, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RoyaltyStatement>>(_statements);

    Task<IReadOnlyList<(PartyId Licensor, PartyId Licensee, Currency Currency)>> IRoyalties.OpenAsync(DateTimeOffset until, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<(PartyId, PartyId, Currency)>>([]);

    string IRoyalties.Export(RoyaltyStatement statement, InvoiceFormat format) => statement.Number;

    public Task<MeterEvent?> FindAsync(Guid requestId, CancellationToken cancellationToken) => Task.FromResult(_uses.Find(use => use.RequestId == requestId));

    public Task<IReadOnlyList<MeterEvent>> InterruptedAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<MeterEvent>>(_uses);

    public Task<UsageProof> ProveAsync(PartyId party, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        Task.FromResult(new UsageProof(party, "subject", from, until, [new ProvenInterval("entry", "receipt", [.. _uses.Where(use => use.Party == party)], 0, [])]));

    private Task<T> ChangeAsync<T>(string change, T result)
    {
        Changes.Add(change);
        return Task.FromResult(result);
    }
}
