using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Lazuli.Gateway.Tests;

/// <summary>Webhooks over a real database with parties, at a time that the test sets: what one gateway process has.</summary>
internal sealed class WebhookWorld : IAsyncDisposable
{
    private static int s_databases;

    private readonly TemporaryFolder? _home;
    private readonly string _path;
    private readonly string? _postgres;
    private readonly ServiceProvider _services;

    private WebhookWorld(TemporaryFolder? home, string path, string? postgres, FakeTimeProvider time, Action<WebhookOptions>? configure)
    {
        _home = home;
        _path = path;
        _postgres = postgres;
        Time = time;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        services.AddLogging();
        services.AddSingleton<TimeProvider>(time);
        services.AddLazuliStorage(options => (options.Home, options.Postgres) = (path, postgres)).AddLazuliLicensing().AddWebhookDelivery();
        services.Configure<WebhookOptions>(options =>
        {
            options.AllowLoopback = true;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public static PartyId Lab { get; } = new("lab");

    public static PartyId Acme { get; } = new("acme");

    public static PartyId Rival { get; } = new("rival");

    public FakeTimeProvider Time { get; }

    public WebhookRegister Register => Get<WebhookRegister>();

    public WebhookQueue Queue => Get<WebhookQueue>();

    public LazuliDatabase Platform => Get<LazuliDatabase>();

    public MoneyDatabase Money => Get<MoneyDatabase>();

    public WebhookService Service => _services.GetServices<IHostedService>().OfType<WebhookService>().Single();

    /// <summary>A new installation with the parties acme and rival; skips the test where the kind of database is not installed.</summary>
    public static async Task<WebhookWorld> OpenAsync(DatabaseKind kind = DatabaseKind.Sqlite, Action<WebhookOptions>? configure = null)
    {
        var home = new TemporaryFolder();
        var world = new WebhookWorld(home, home.Path, kind == DatabaseKind.Postgres ? await MakePostgresAsync() : null, new FakeTimeProvider(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero)), configure);
        foreach (PartyId party in new[] { Acme, Rival })
        {
            Assert.IsType<LicensingResult<Party>.Done>(await world.Get<IPartyStore>().AddAsync(Actor.Local, party, PartyKind.Customer, party.Value, [], default));
        }

        return world;
    }

    /// <summary>Another process on the same database and home, or this one after a restart.</summary>
    public WebhookWorld OpenAgain(Action<WebhookOptions>? configure = null) => new(null, _path, _postgres, Time, configure);

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public Task<WebhookWithSecret> AddAsync(PartyId party, string url, params string[] types) => Register.AddAsync(Actor.Local, new NewWebhook(party, url, types), default);

    /// <summary>Writes an event down in the money database, as a change of an invoice would.</summary>
    public Task TellAsync(string type, params OutboxAudience[] audience) => Money.WriteAsync(
        transaction =>
        {
            Outbox.Append(transaction, type, Time.GetUtcNow(), audience, json => json.WriteString("invoice", "inv_1"));
            return 0;
        },
        default);

    /// <summary>What a turn of the service does, to its end; answers how many tries were made.</summary>
    public async Task<int> TurnAsync()
    {
        await Get<WebhookFanOut>().RunAsync(default);
        int tries = 0;
        while (await Queue.ClaimAsync(16, default) is { Count: > 0 } claims)
        {
            await Task.WhenAll(claims.Select(claim => Get<WebhookCourier>().DeliverAsync(claim, default)));
            tries += claims.Count;
        }

        return tries;
    }

    public async Task<WebhookDelivery> OnlyDeliveryAsync(string endpoint) => Assert.Single(await Register.DeliveriesAsync(Actor.Local, endpoint, null, 10, default));

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_home is not null)
        {
            _home.Dispose();
            if (_postgres is not null)
            {
                NpgsqlConnection.ClearAllPools();
            }
        }
    }

    private static async Task<string> MakePostgresAsync()
    {
        Assert.SkipWhen(PostgresServer.Missing is not null, PostgresServer.Missing ?? "");
        PostgresServer server = await PostgresServer.SharedAsync();
        string name = FormattableString.Invariant($"webhooks{Interlocked.Increment(ref s_databases)}");
        await using var connection = new NpgsqlConnection(server.ConnectionString("postgres") + ";Pooling=false");
        await connection.OpenAsync();
        await using NpgsqlCommand command = connection.CreateCommand();
        command.CommandText = "CREATE DATABASE " + name;
        await command.ExecuteNonQueryAsync();
        return server.ConnectionString(name);
    }
}
