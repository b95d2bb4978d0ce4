using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;
using Microsoft.Extensions.Options;

namespace Lazuli.Platform.Tests.Billing;

/// <summary>Admission over a real money database, with prices that a test gives.</summary>
internal sealed class AdmissionFixture : IPrices, IAsyncDisposable
{
    public static readonly PartyId Buyer = new("buyer");

    private readonly TestDatabase _databases;
    private readonly TimeProvider _time;
    private readonly AdmissionOptions _options;

    private AdmissionFixture(TestDatabase databases, AdmissionOptions options, TimeProvider time)
    {
        _databases = databases;
        _options = options;
        _time = time;
        Money = databases.Money;
        Admission = new Admission(Money, this, Options.Create(options), time);
    }

    public MoneyDatabase Money { get; private set; }

    public Admission Admission { get; private set; }

    public TokenPrices? Prices { get; set; } = BookSamples.Prices;

    public static async Task<AdmissionFixture> OpenAsync(DatabaseKind kind, TimeProvider? time = null, AdmissionOptions? options = null) =>
        new(await TestDatabases.OpenAsync(kind), options ?? new AdmissionOptions(), time ?? TimeProvider.System);

    public static AdmissionRequest Request(long prompt = 10, long most = 100, string key = "key", long epoch = 0) => new()
    {
        RequestId = Guid.CreateVersion7(),
        Key = key,
        Project = new ProjectId("project"),
        Party = Buyer,
        GrantChain = [new GrantId("grant_a"), new GrantId("grant_b")],
        Epoch = epoch,
        ModelName = "tiny",
        ModelDigest = "sha256:00",
        PromptTokens = prompt,
        MaxNewTokens = most,
    };

    public static UsageFacts Used(long prompt, long completion, long cached = 0, RequestOutcome outcome = RequestOutcome.Completed) =>
        new(new ChargedTokens(prompt, cached, completion), 0.5, 1e9, outcome);

    public async Task<IAdmittedRequest> AdmitAsync(AdmissionRequest request) => Assert.IsType<AdmissionResult.Admitted>(await Admission.AdmitAsync(request, default)).Request;

    public async Task<AdmissionResult.Refused> RefusedAsync(AdmissionRequest request) => Assert.IsType<AdmissionResult.Refused>(await Admission.AdmitAsync(request, default));

    public async Task<AccountStanding> StandingAsync(LimitSubject subject) => (await Admission.FindAsync(subject, default))!;

    /// <summary>The same database as another process has it; what the first holds in memory is not known to it.</summary>
    public Admission OpenAgain() => new(_databases.OpenAgain().Money, this, Options.Create(_options), _time);

    /// <summary>Forgets everything and starts anew, as after a kill.</summary>
    public void Restart()
    {
        Money = _databases.OpenAgain().Money;
        Admission = new Admission(Money, this, Options.Create(_options), _time);
    }

    public async Task<long> CountAsync(string table) => (await Money.QueryAsync<long>($"SELECT COUNT(*) FROM {table}", null, default))[0];

    public async ValueTask DisposeAsync()
    {
        await Admission.DisposeAsync();
        await _databases.DisposeAsync();
    }

    TokenPrices? IPrices.Find(in PriceQuestion question) => Prices;

    Task<PriceVersion> IPrices.PublishAsync(PartyId seller, ReadOnlyMemory<byte> document, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task IPrices.AssignAsync(PriceAssignment assignment, CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<PriceVersion>> IPrices.ListAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    Task<IReadOnlyList<PriceAssignment>> IPrices.AssignmentsAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
