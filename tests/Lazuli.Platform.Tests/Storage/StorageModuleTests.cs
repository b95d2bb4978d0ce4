using Lazuli.Contracts;
using Lazuli.Registry;
using Lazuli.Storage;
using Lazuli.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Lazuli.Platform.Tests;

public sealed class StorageModuleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Starting_a_host_opens_the_database_of_the_configured_home()
    {
        using IHost host = Build(("Storage:Home", _folder["home"]));
        await host.StartAsync();
        Assert.True(File.Exists(_folder["home/lazuli.db"]));
        Assert.Empty(await host.Services.GetRequiredService<IModelRegistry>().ListModelsAsync(default));
        await host.StopAsync();
    }

    [Fact]
    public async Task Bad_settings_stop_the_start_and_are_all_named()
    {
        using IHost host = Build(("Storage:Home", ""), ("Storage:BusyTimeout", "01:00:00"));
        OptionsValidationException refused = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(refused.Failures, failure => failure.Contains("Home", StringComparison.Ordinal));
        Assert.Contains(refused.Failures, failure => failure.Contains("BusyTimeout", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_database_stops_the_start()
    {
        File.WriteAllText(_folder["lazuli.db"], new string('x', 5000));
        using IHost host = Build(("Storage:Home", _folder.Path));
        await Assert.ThrowsAsync<DatabaseRefusedException>(() => host.StartAsync());
    }

    private static IHost Build(params (string Key, string Value)[] settings)
    {
        HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.Services.AddLazuliStorage().AddLazuliRegistry();
        return builder.Build();
    }
}
