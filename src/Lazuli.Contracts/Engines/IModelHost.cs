namespace Lazuli.Contracts;

/// <summary>The models that this server answers for.</summary>
public interface IModelHost
{
    /// <summary>All models served now.</summary>
    IReadOnlyList<ServedModel> List();

    /// <summary>The engine of a served model, or null when no model of that name is served.</summary>
    ServedModel? Find(string name);
}

/// <summary>A model behind a name that callers use.</summary>
/// <param name="Name">What callers put into <c>model</c>.</param>
/// <param name="ResolvedName">Name and version, answered in responses, e.g. <c>quickstart@3f9a…</c>.</param>
/// <param name="CreatedAt">When the version was registered.</param>
/// <param name="OwnedBy">Its owner's name.</param>
/// <param name="Engine">Runs it.</param>
public sealed record ServedModel(string Name, string ResolvedName, DateTimeOffset CreatedAt, string OwnedBy, IChatEngine Engine)
{
    /// <summary>The exact version, <c>sha256:…</c>; empty for a model that is in no registry.</summary>
    public string Digest { get; init; } = "";

    /// <summary>Devices that its engine takes: a part of one when it has some of a machine's threads.</summary>
    public double Devices { get; init; } = 1;

    /// <summary>Turns its texts into vectors; null where it makes none.</summary>
    public IEmbeddingEngine? Embeddings { get; init; }
}
