using System.Globalization;
using Lazuli.Contracts;
using Lazuli.Numerics;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>A server in this process, on a free port of 127.0.0.1, with one model, in a home of its own that goes with it.</summary>
internal sealed class BenchmarkServer : IAsyncDisposable
{
    private const string ModelName = "model";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lazuli-bench-");
    private readonly ModelHost _models = new();
    private readonly EngineTally _tally = new();
    private readonly CpuBackend _probe;
    private readonly CancellationTokenSource _stop = new();
    private Installation? _installation;
    private WebServer? _server;
    private Task _running = Task.CompletedTask;

    private BenchmarkServer(int threads) => _probe = new CpuBackend(threads);

    /// <summary>Base address of its API.</summary>
    public Uri Base => LoadTarget.ParseBase(_server!.Url);

    /// <summary>What requests call the model.</summary>
    public string Model => ModelName;

    /// <summary>A key that it takes.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Loads a model (a path, or a model of the registry) and serves it with the installation's own settings.</summary>
    /// <exception cref="CommandException">There is no such model.</exception>
    public static async Task<BenchmarkServer> StartAsync(string reference, int? threads, CancellationToken cancel)
    {
        var flags = new Dictionary<string, string>(StringComparer.Ordinal) { ["Serve.Host"] = "127.0.0.1", ["Serve.Port"] = "0" };
        if (threads is int given)
        {
            flags["Engine.Threads"] = given.ToString(CultureInfo.InvariantCulture);
        }

        SettingsReader settings = SettingsReader.Read(LazuliHome.FromEnvironment(), flags);
        string path = await ModelReference.PathOfAsync(reference, cancel).ConfigureAwait(false);
        var server = new BenchmarkServer(settings.Engine.Threads);
        try
        {
            await server.ServeAsync(path, settings, cancel).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>fp32 multiply-add peak of a short slice; only while nothing else runs.</summary>
    public double MeasurePeakGflops() => MachineLimits.MeasureFmaSlice(_probe);

    /// <summary>What the engine did since this was asked last, over <paramref name="seconds"/>.</summary>
    public EngineShare TakeShare(double seconds, double peakGflops)
    {
        (double flop, double busy) = _tally.Take();
        double gflops = flop / seconds / 1e9;
        return new EngineShare(busy / seconds, gflops, peakGflops, gflops / peakGflops);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        if (_server is not null)
        {
            await _server.DisposeAsync().ConfigureAwait(false);
        }

        await _models.DisposeAsync().ConfigureAwait(false);
        if (_installation is not null)
        {
            await _installation.DisposeAsync().ConfigureAwait(false);
        }

        _probe.Dispose();
        _stop.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task ServeAsync(string path, SettingsReader settings, CancellationToken cancel)
    {
        _models.Add(ModelName, TimeProvider.System.GetUtcNow(), LoadedModel.Open(path, settings.Engine, _ => _tally));
        _installation = Installation.Open(new LazuliHome(_folder.FullName), held: null);
        Key = (await _installation.Keys.CreateAsync("bench", "bench", cancel).ConfigureAwait(false)).Key;
        _server = await WebServer.StartAsync(_installation, settings, _models, cancel).ConfigureAwait(false);
        _running = _server.RunAsync(_stop.Token);
    }
}
