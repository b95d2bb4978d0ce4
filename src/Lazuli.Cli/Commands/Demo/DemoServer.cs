using Lazuli.Billing;
using Lazuli.Compute;
using Lazuli.Contracts;
using Lazuli.Gateway;
using Lazuli.Models;
using Lazuli.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Lazuli.Cli;

/// <summary>A whole installation of its own for a demonstration: a home, a small model with random weights, a server on a free port of 127.0.0.1.</summary>
internal sealed class DemoServer : IAsyncDisposable
{
    /// <summary>Small enough to be made and loaded in a second or two, large enough that an answer takes some seconds.</summary>
    private const long ModelParameters = 15_000_000;

    /// <summary>Whose machine this is said to be.</summary>
    public const string Provider = "northcloud";

    private const int ContextTokens = 4_096;
    private readonly Installation _installation;
    private readonly ServingAccumulator _accounts;
    private readonly ModelHost _models;
    private readonly WebServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    private DemoServer(Installation installation, ServingAccumulator accounts, ModelHost models, WebServer server, ModelVersion model)
    {
        _installation = installation;
        _accounts = accounts;
        _models = models;
        _server = server;
        Model = model;
        Admin = AdminLink.To(installation.Home);
        _running = server.RunAsync(_stop.Token);
    }

    /// <summary>The model that is served.</summary>
    public ModelVersion Model { get; }

    /// <summary>Its API, e.g. <c>http://127.0.0.1:40000/v1/</c>.</summary>
    public Uri Api => new(_server.Url + "/v1/");

    /// <summary>Its admin API.</summary>
    public AdminLink Admin { get; }

    /// <summary>Its home.</summary>
    public LazuliHome Home => _installation.Home;

    /// <summary>Makes the model and serves it.</summary>
    /// <param name="terminal">Where failures of accounts are told.</param>
    /// <param name="home">An empty folder.</param>
    /// <param name="modelName">What to call the model.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<DemoServer> StartAsync(Terminal terminal, LazuliHome home, string modelName, CancellationToken cancel)
    {
        Installation installation = Installation.Open(home, HomeUse.Answer);
        ServingAccumulator? accounts = null;
        var models = new ModelHost();
        try
        {
            string file = Path.Combine(home.Root, modelName + ".gguf");
            ModelConfig config = ModelShapes.Of("llama", ModelParameters, ContextTokens);
            GgufFile.Write(file, RandomModel.Create(config, seed: 1, modelName), GgufEncodings.Parse("q8_0"));
            ModelVersion model = await new ModelImport(installation).ImportAsync(ModelImportCommand.Request(file, modelName, license: null, to: null), cancel).ConfigureAwait(false);
            File.Delete(file);
            SettingsReader settings = SettingsReader.Read(home, ServeCommand.Flags("127.0.0.1", port: 0, threads: null));
            accounts = ServeCommand.Accounts(terminal, installation, settings);
            models.Open(model, settings.Engine, accounts);
            WebServer server = await WebServer.StartAsync(installation, settings, models, cancel, services =>
            {
                services.PostConfigure<AdmissionOptions>(options => options.IntervalSeconds = 1);
                services.PostConfigure<GatewayOptions>(options => options.Provider = Provider);
            }).ConfigureAwait(false);
            return new DemoServer(installation, accounts, models, server, model);
        }
        catch
        {
            await models.DisposeAsync().ConfigureAwait(false);
            if (accounts is not null)
            {
                await accounts.DisposeAsync().ConfigureAwait(false);
            }

            await installation.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await Admin.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _models.DisposeAsync().ConfigureAwait(false);
        await _accounts.DisposeAsync().ConfigureAwait(false);
        await _installation.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
    }
}
