using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lazuli.Training;

/// <summary>The canonical JSON of a resolved recipe: every value that holds, defaults included, in the order of declaration, without blanks.</summary>
public static class RecipeJson
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Writes a recipe.</summary>
    public static string Write(Recipe recipe) => JsonSerializer.Serialize(recipe, s_json);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static Recipe Read(string json) => JsonSerializer.Deserialize<Recipe>(json, s_json) ?? throw new JsonException("The recipe is null.");

    /// <summary>Names a recipe by content: <c>sha256:…</c> of its canonical JSON.</summary>
    public static string Digest(Recipe recipe) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Write(recipe))));
}
