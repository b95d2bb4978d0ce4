using Lazuli.Contracts;

namespace Lazuli.Gateway.Tests;

/// <summary>Serves one engine as <c>tiny</c> and, without embeddings, as <c>org/tiny</c>.</summary>
internal sealed class OneModelHost(ScriptedEngine engine) : IModelHost
{
    private readonly ServedModel[] _models =
    [
        new("tiny", "tiny@0123456789ab", DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), "lab", engine) { Embeddings = engine },
        new("org/tiny", "org/tiny@0123456789ab", DateTimeOffset.FromUnixTimeSeconds(1_700_000_001), "org", engine),
    ];

    public IReadOnlyList<ServedModel> List() => _models;

    public ServedModel? Find(string name) => Array.Find(_models, model => model.Name == name);
}
