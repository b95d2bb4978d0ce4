using System.Text;
using Lazuli.Billing;
using Lazuli.Contracts;
using Lazuli.Storage;

namespace Lazuli.Platform.Tests;

public abstract class PriceBookTests(DatabaseKind kind) : IAsyncLifetime
{
    private static readonly PartyId s_seller = new("seller");
    private static readonly PartyId s_acme = new("acme");
    private static readonly GrantId s_grant = new("grant_1");

    private MoneyFixture _fixture = null!;

    public async ValueTask InitializeAsync()
    {
        _fixture = await MoneyFixture.OpenAsync(kind);
    }

    public async ValueTask DisposeAsync()
    {
        if (_fixture is not null)
        {
            await _fixture.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Versions_count_up_and_the_same_document_is_the_same_version()
    {
        Assert.Equal("std@1", await PublishAsync("std", 1));
        Assert.Equal("std@2", await PublishAsync("std", 2));
        Assert.Equal("std@2", await PublishAsync("std", 2));
        Assert.Equal("std@3", await PublishAsync("std", 1));
        Assert.Equal(["std@1", "std@2", "std@3"], (await _fixture.Prices.ListAsync(default)).Select(version => version.Name));
    }

    [Fact]
    public async Task Another_seller_cannot_publish_a_version_of_a_plan()
    {
        await PublishAsync("std", 1);
        BillingRefusedException refused = await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Prices.PublishAsync(new PartyId("thief"), Plan("std", 0), default));
        Assert.Equal(BillingRefusal.Conflict, refused.Code);
    }

    [Theory]
    [InlineData("internal")]
    [InlineData("sandbox")]
    public async Task Names_of_the_built_in_plans_are_taken(string name) =>
        await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Prices.PublishAsync(s_seller, Plan(name, 1), default));

    [Fact]
    public void Without_any_plan_only_the_owners_own_use_and_sandboxes_have_a_price_and_it_is_zero()
    {
        Assert.Null(_fixture.Prices.Find(Question(s_grant)));
        Assert.Equal(new TokenPrices("internal@1", s_acme, MoneyFixture.Euro, 0, 0, 0), _fixture.Prices.Find(Question(null)));
        Assert.Equal("sandbox@1", _fixture.Prices.Find(Question(s_grant) with { Sandbox = true })!.PriceVersion);
    }

    [Fact]
    public async Task The_narrowest_assignment_wins()
    {
        await AssignAsync(await PublishAsync("all", 1), null, null);
        Assert.Equal("all@1", Version(s_grant));
        await AssignAsync(await PublishAsync("party", 2), s_acme, null);
        Assert.Equal("party@1", Version(s_grant));
        await AssignAsync(await PublishAsync("grant", 3), null, s_grant);
        Assert.Equal("grant@1", Version(s_grant));
        await AssignAsync(await PublishAsync("both", 4), s_acme, s_grant);
        Assert.Equal("both@1", Version(s_grant));
        Assert.Equal("party@1", Version(new GrantId("grant_2")));
        Assert.Equal(4, _fixture.Prices.Find(Question(s_grant))!.InputNanos);
        Assert.Equal(s_seller, _fixture.Prices.Find(Question(s_grant))!.Seller);
    }

    [Fact]
    public async Task What_everybody_pays_is_no_price_of_the_owners_own_use()
    {
        await AssignAsync(await PublishAsync("all", 1), null, null);
        Assert.Equal("internal@1", Version(null));
    }

    [Fact]
    public async Task A_version_holds_from_its_first_instant_to_the_one_before_its_end()
    {
        DateTimeOffset start = _fixture.Time.GetUtcNow().AddDays(1);
        await _fixture.Prices.AssignAsync(new PriceAssignment { PriceVersion = await PublishAsync("std", 1), Grant = s_grant, From = start, Until = start.AddDays(1) }, default);
        await _fixture.Prices.AssignAsync(new PriceAssignment { PriceVersion = await PublishAsync("std", 2), Grant = s_grant, From = start.AddHours(1), Until = start.AddHours(2) }, default);
        Assert.Null(_fixture.Prices.Find(Question(s_grant) with { At = start.AddTicks(-1) }));
        Assert.Equal("std@1", _fixture.Prices.Find(Question(s_grant) with { At = start })!.PriceVersion);
        Assert.Equal("std@2", _fixture.Prices.Find(Question(s_grant) with { At = start.AddHours(1) })!.PriceVersion);
        Assert.Equal("std@1", _fixture.Prices.Find(Question(s_grant) with { At = start.AddHours(2) })!.PriceVersion);
        Assert.Null(_fixture.Prices.Find(Question(s_grant) with { At = start.AddDays(1) }));
    }

    [Fact]
    public async Task A_plan_that_does_not_cover_the_model_gives_no_price()
    {
        await AssignAsync((await _fixture.Prices.PublishAsync(s_seller, Plan("std", 1, "other-*"), default)).Name, s_acme, s_grant);
        Assert.Null(_fixture.Prices.Find(Question(s_grant)));
        Assert.NotNull(_fixture.Prices.Find(Question(s_grant) with { ModelName = "other-1" }));
    }

    [Fact]
    public async Task A_price_cannot_begin_in_the_past_or_be_of_a_version_that_is_not_there()
    {
        string version = await PublishAsync("std", 1);
        DateTimeOffset now = _fixture.Time.GetUtcNow();
        Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Prices.AssignAsync(new PriceAssignment { PriceVersion = version, From = now.AddMinutes(-1) }, default))).Code);
        Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => _fixture.Prices.AssignAsync(new PriceAssignment { PriceVersion = version, From = now, Until = now }, default))).Code);
        Assert.Equal(BillingRefusal.NotFound, (await Assert.ThrowsAsync<BillingRefusedException>(() => AssignAsync("std@2", null, null))).Code);
        Assert.Equal(BillingRefusal.Invalid, (await Assert.ThrowsAsync<BillingRefusedException>(() => AssignAsync("std", null, null))).Code);
    }

    [Fact]
    public async Task What_another_process_published_is_seen_after_the_refresh_time()
    {
        Assert.Null(_fixture.Prices.Find(Question(s_grant)));
        var other = new PriceBook(_fixture.Money, Microsoft.Extensions.Options.Options.Create(new BillingOptions()), _fixture.Time);
        PriceVersion version = await other.PublishAsync(s_seller, Plan("std", 1), default);
        await other.AssignAsync(new PriceAssignment { PriceVersion = version.Name, From = _fixture.Time.GetUtcNow() }, default);
        Assert.Null(_fixture.Prices.Find(Question(s_grant)));
        _fixture.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("std@1", Version(s_grant));
    }

    [Fact]
    public async Task A_database_that_fails_leaves_the_prices_that_were_read_and_gives_none_to_who_read_none()
    {
        await AssignAsync(await PublishAsync("std", 1), null, s_grant);
        await _fixture.Money.WriteAsync(transaction => transaction.Execute("ALTER TABLE price_assignments RENAME TO away"), default);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("std@1", Version(s_grant));
        var other = new PriceBook(_fixture.Money, Microsoft.Extensions.Options.Options.Create(new BillingOptions()), _fixture.Time);
        Assert.Null(other.Find(Question(s_grant)));
        await Assert.ThrowsAsync<StorageFailedException>(() => PublishAsync("std", 2));
        await _fixture.Money.WriteAsync(transaction => transaction.Execute("ALTER TABLE away RENAME TO price_assignments"), default);
        _fixture.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("std@1", other.Find(Question(s_grant))!.PriceVersion);
    }

    private static PriceQuestion Question(GrantId? grant) => new()
    {
        Party = s_acme,
        GrantChain = grant is { } id ? [new GrantId("grant_0"), id] : [],
        ModelName = "tiny",
        At = new DateTimeOffset(2026, 11, 1, 0, 0, 1, TimeSpan.Zero),
    };

    private static byte[] Plan(string name, int nanos, string model = "*") => Encoding.UTF8.GetBytes(
        $$"""{"plan":"{{name}}","currency":"EUR","rates":[{"model":"{{model}}","meter":"input","scheme":"perUnit","price":"0.00000000{{nanos}}"},{"model":"{{model}}","meter":"output","scheme":"perUnit","price":"0"}]}""");

    private string Version(GrantId? grant) => _fixture.Prices.Find(Question(grant))!.PriceVersion;

    private async Task<string> PublishAsync(string name, int nanos) => (await _fixture.Prices.PublishAsync(s_seller, Plan(name, nanos), default)).Name;

    private Task AssignAsync(string version, PartyId? party, GrantId? grant) =>
        _fixture.Prices.AssignAsync(new PriceAssignment { PriceVersion = version, Party = party, Grant = grant, From = _fixture.Time.GetUtcNow() }, default);
}

public sealed class PriceBookSqliteTests() : PriceBookTests(DatabaseKind.Sqlite);

public sealed class PriceBookPostgresTests() : PriceBookTests(DatabaseKind.Postgres);
