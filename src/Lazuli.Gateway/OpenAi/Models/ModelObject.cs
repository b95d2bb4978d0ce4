using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>A model as the models routes show it.</summary>
internal sealed record ModelObject(string Id, string Object, long Created, string OwnedBy)
{
    public static ModelObject Of(ServedModel model) => new(model.Name, "model", model.CreatedAt.ToUnixTimeSeconds(), model.OwnedBy);
}

/// <summary>All models; OpenAI does not page this list.</summary>
internal sealed record ModelList(string Object, IReadOnlyList<ModelObject> Data);
