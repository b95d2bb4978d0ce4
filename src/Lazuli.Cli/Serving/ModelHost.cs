using Lazuli.Compute;
using Lazuli.Contracts;

namespace Lazuli.Cli;

/// <summary>The models of a server, loaded at start and fixed until it stops.</summary>
internal sealed class ModelHost : IModelHost, IAsyncDisposable
{
    private readonly List<(ServedModel Served, LoadedModel Loaded)> _models = [];

    /// <summary>Loads a version and serves it, its work told to <paramref name="accounts"/>.</summary>
    public LoadedModel Open(ModelVersion version, EngineSettings settings, ServingAccumulator accounts)
    {
        ModelSeal.Check(version);
        double devices = 1;
        LoadedModel loaded = LoadedModel.Open(version.Folder, settings, threads => accounts.MeterOf(ResolvedName(version), devices = Math.Min(1, (double)threads / Environment.ProcessorCount)));
        Add(version, loaded, devices);
        return loaded;
    }

    /// <summary>Serves a model that is in no registry; owns it.</summary>
    public void Add(string name, DateTimeOffset createdAt, LoadedModel loaded) => _models.Add((new ServedModel(name, name, createdAt, "lazuli", loaded.Engine) { Embeddings = loaded.Engine }, loaded));

    /// <summary>Serves <paramref name="loaded"/> under the version's name; also found as <c>name@digest</c>.</summary>
    private void Add(ModelVersion version, LoadedModel loaded, double devices) =>
        _models.Add((new ServedModel(version.Name, ResolvedName(version), version.CreatedAt, "lazuli", loaded.Engine) { Embeddings = loaded.Engine, Digest = version.Digest.Value, Devices = devices }, loaded));

    public IReadOnlyList<ServedModel> List() => [.. _models.Select(m => m.Served)];

    public ServedModel? Find(string name) => _models.Select(m => m.Served).FirstOrDefault(m => m.Name == name || m.ResolvedName == name);

    /// <summary>Lets running answers end.</summary>
    public Task DrainAsync(CancellationToken cancellationToken) => Task.WhenAll(_models.Select(m => m.Loaded.Engine.DrainAsync(cancellationToken)));

    public async ValueTask DisposeAsync()
    {
        foreach ((_, LoadedModel loaded) in _models)
        {
            await loaded.DisposeAsync().ConfigureAwait(false);
        }

        _models.Clear();
    }

    private static string ResolvedName(ModelVersion version) => $"{version.Name}@{version.Digest.Short}";
}
