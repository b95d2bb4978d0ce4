using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lazuli.Contracts;

/// <summary>Writes an id as the text that it is, as a value and as a name.</summary>
internal abstract class TextIdConverter<T>(Func<string, T> make, Func<T, string> text) : JsonConverter<T>
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType == JsonTokenType.String
        ? make(reader.GetString()!)
        : throw new JsonException($"An id is a text; got {reader.TokenType}.");

    // A default id has no text: it is written as an empty one.
    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(text(value) ?? "");

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => make(reader.GetString()!);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WritePropertyName(text(value) ?? "");
}

/// <summary>Of parties.</summary>
internal sealed class PartyIdConverter() : TextIdConverter<PartyId>(text => new PartyId(text), id => id.Value);

/// <summary>Of projects.</summary>
internal sealed class ProjectIdConverter() : TextIdConverter<ProjectId>(text => new ProjectId(text), id => id.Value);

/// <summary>Of grants.</summary>
internal sealed class GrantIdConverter() : TextIdConverter<GrantId>(text => new GrantId(text), id => id.Value);
