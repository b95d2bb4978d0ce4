using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Lazuli.Training;

namespace Lazuli.Models.Tests;

/// <summary>The published schema is what the types say; with UPDATE_GOLDEN=1 this writes it anew.</summary>
public sealed class RecipeSchemaTests
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, string> _docs = XDocument.Load(Path.ChangeExtension(typeof(Recipe).Assembly.Location, ".xml"))
        .Descendants("member")
        .ToDictionary(m => m.Attribute("name")!.Value, m => Text(m.Element("summary")), StringComparer.Ordinal);

    [Fact]
    public void The_published_schema_is_what_the_types_say()
    {
        string path = Path.Combine(RepositoryFiles.Root, "recipes", "recipe.schema.json");
        JsonObject root = RecordSchema(typeof(Recipe));
        root.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        root.Insert(1, "title", "Lazuli training recipe");
        string generated = root.ToJsonString(s_json).ReplaceLineEndings("\n") + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, generated);
        }

        Assert.Equal(generated, File.ReadAllText(path));
    }

    private JsonObject RecordSchema(Type record)
    {
        var properties = new JsonObject();
        var required = new JsonArray();
        object? defaults = Activator.CreateInstance(record);
        foreach (PropertyInfo property in RecipeBinder.KeysOf(record))
        {
            string key = RecipeBinder.KeyOf(property);
            JsonObject schema = ValueSchema(property);
            schema["description"] = _docs.GetValueOrDefault($"P:{record.FullName}.{property.Name}", "");
            bool isRequired = property.GetCustomAttribute<RequiredMemberAttribute>() is not null;
            if (isRequired)
            {
                required.Add(key);
            }
            else if (DefaultOf(property, defaults) is { } value)
            {
                schema["default"] = value;
            }

            properties.Add(key, schema);
        }

        var result = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (required.Count > 0)
        {
            result["required"] = required;
        }

        return result;
    }

    private JsonObject ValueSchema(PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (RecipeBinder.IsRecord(type))
        {
            return RecordSchema(type);
        }

        var schema = new JsonObject();
        if (type.IsEnum)
        {
            schema["enum"] = new JsonArray([.. Enum.GetNames(type).Select(name => (JsonNode)RecipeBinder.NameOf(name))]);
        }
        else if (type == typeof(IReadOnlyList<string>))
        {
            schema["type"] = "array";
            schema["items"] = new JsonObject { ["type"] = "string" };
        }
        else
        {
            schema["type"] = type switch
            {
                _ when type == typeof(string) => "string",
                _ when type == typeof(bool) => "boolean",
                _ when type == typeof(float) || type == typeof(double) => "number",
                _ => "integer",
            };
        }

        if (property.GetCustomAttribute<RangeAttribute>() is { } range)
        {
            schema["minimum"] = Number(range.Minimum);
            schema["maximum"] = Number(range.Maximum);
        }

        return schema;
    }

    private static JsonNode? DefaultOf(PropertyInfo property, object? defaults)
    {
        object? value = RecipeBinder.IsRecord(property.PropertyType) ? null : property.GetValue(defaults);
        return value switch
        {
            null => null,
            Enum member => RecipeBinder.NameOf(member.ToString()),
            IReadOnlyList<string> => null,
            string text => text,
            bool flag => flag,
            _ => Number(value),
        };
    }

    private static JsonNode Number(object value) => JsonNode.Parse(Convert.ToString(value, CultureInfo.InvariantCulture)!)!;

    /// <summary>The text of a summary, references rendered to the names they show.</summary>
    private static string Text(XElement? summary) => summary is null ? "" : string.Join(
        ' ',
        string.Concat(summary.DescendantNodes().Select(node => node switch
        {
            XText text => text.Value,
            XElement { Name.LocalName: "see" } see => RecipeBinder.NameOf(see.Attribute("cref")?.Value.Split('.')[^1] ?? ""),
            _ => "",
        })).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
