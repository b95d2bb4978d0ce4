using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>Id of a project, e.g. <c>default</c>: keys, limits and usage belong to one.</summary>
[JsonConverter(typeof(ProjectIdConverter))]
public readonly record struct ProjectId(string Value)
{
    public override string ToString() => Value;
}
