using System.Text.Json;
using Lazuli.Contracts;
using Lazuli.Licensing;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using static Lazuli.Platform.Tests.LicensingWorld;

namespace Lazuli.Platform.Tests;

public sealed class LicensingModuleTests
{
    [Fact]
    public async Task Everything_that_other_rooms_ask_for_is_there()
    {
        using var home = new TemporaryFolder();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build()).AddLogging();
        services.AddLazuliStorage(options => options.Home = home.Path).AddLazuliLicensing().AddLazuliLicensing();
        await using ServiceProvider provider = services.BuildServiceProvider(validateScopes: true);
        foreach (Type wanted in new[]
        {
            typeof(IEntitlements), typeof(ILicensingView), typeof(IGrantExplainer), typeof(IPartyStore), typeof(IProjectStore), typeof(IGrantStore), typeof(IModelPolicies), typeof(ILicensingFacts),
            typeof(IComputeCommitments), typeof(IPeople), typeof(ISignIn), typeof(IApiKeyStore), typeof(IAuditLog),
        })
        {
            Assert.NotNull(provider.GetRequiredService(wanted));
        }

        Assert.Same(provider.GetRequiredService<IEntitlements>(), provider.GetRequiredService<ILicensingView>());
        Assert.Equal(3, provider.GetServices<IHostedService>().Count()); // storage, the epoch, the last uses of keys
    }

    [Fact]
    public async Task A_host_follows_another_process_with_its_next_second()
    {
        await using LicensingWorld world = await LicensingWorld.OpenAsync(DatabaseKind.Sqlite);
        Grant[] chain = await world.ChainAsync();
        var other = new LicensingRoom(world.OpenAgain(), world.Time);
        using var watch = new EntitlementsWatch(other.Entitlements, new ExpiredGrants(world.Database, other.Entitlements, world.Time), world.Time, NullLogger<EntitlementsWatch>.Instance);
        await watch.StartAsync(default);
        Task waiting = other.Entitlements.WaitForChangeAsync(other.Entitlements.Epoch, default);
        Done(await world.Room.Grants.SuspendAsync(For(Lab), chain[0].Id, "unpaid", default));
        while (!waiting.IsCompleted)
        {
            world.Time.Advance(TimeSpan.FromSeconds(1)); // the watch may still be on its way to its timer
            await Task.WhenAny(waiting, Task.Delay(20));
        }

        Assert.IsType<EntitlementDecision.Refused>(other.Entitlements.Decide(Make.Ask("customer")));
        await watch.StopAsync(default);
    }

    [Fact]
    public void Ids_are_written_as_text()
    {
        const string Json = """{"Grant":"grant_1","Notice":"x","By":{"lab":"default"}}""";
        Ids read = JsonSerializer.Deserialize<Ids>(Json)!;
        Assert.Equal(Json, JsonSerializer.Serialize(read));
        Assert.Equal(new ProjectId("default"), read.By[Lab]);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<PartyId>("""{"Value":"lab"}"""));
        Assert.Equal("\"\"", JsonSerializer.Serialize(default(PartyId)));
    }

    private sealed record Ids(GrantId Grant, PartyId Notice, Dictionary<PartyId, ProjectId> By);
}
