using System.Text.Json;
using Lazuli.Contracts;

namespace Lazuli.Gateway;

/// <summary>What a request says its answers must be: OpenAI's <c>response_format</c>, or one of the <c>guided_…</c> fields that other servers have.</summary>
internal static class AnswerFormat
{
    private const int MaxChoices = 1000;
    private const string Format = "response_format";
    private static readonly string[] s_guides = ["guided_json", "guided_regex", "guided_choice", "guided_grammar"];

    /// <summary>The constraint; null for any text.</summary>
    public static OutputConstraint? Read(RequestFields fields)
    {
        string[] given = [.. s_guides.Where(name => fields.Find(name) is not null)];
        OutputConstraint? format = ReadFormat(fields);
        return given.Length + (format is null ? 0 : 1) > 1
            ? throw RequestFields.Refuse($"At most one of '{Format}' and {string.Join(", ", s_guides.Select(g => $"'{g}'"))} may constrain the answer.", given[0])
            : given.Length == 1 ? ReadGuide(fields, given[0]) : format;
    }

    private static OutputConstraint? ReadFormat(RequestFields fields)
    {
        if (fields.Object(Format) is not { } format)
        {
            return null;
        }

        string type = format.String("type") ?? throw RequestFields.Missing(format.Path("type"));
        return type switch
        {
            "text" => null,
            "json_object" => new OutputConstraint.JsonObject(),
            "json_schema" => ReadSchema(format.Object("json_schema") ?? throw RequestFields.Missing(format.Path("json_schema"))),
            _ => throw RequestFields.Refuse($"Invalid value for '{format.Path("type")}': expected 'text', 'json_object' or 'json_schema', but got '{type}'.", format.Path("type")),
        };
    }

    private static OutputConstraint.JsonSchema ReadSchema(RequestFields description)
    {
        _ = description.String("name") ?? throw RequestFields.Missing(description.Path("name"));
        _ = description.String("description");
        _ = description.Boolean("strict"); // answers keep to the schema either way
        JsonElement schema = description.Find("schema") ?? throw RequestFields.Missing(description.Path("schema"));
        return new OutputConstraint.JsonSchema(schema.Clone());
    }

    private static OutputConstraint ReadGuide(RequestFields fields, string name) => name switch
    {
        "guided_json" => new OutputConstraint.JsonSchema(fields.Find(name)!.Value.Clone()),
        "guided_regex" => new OutputConstraint.Regex(fields.String(name)!),
        "guided_grammar" => new OutputConstraint.Gbnf(fields.String(name)!),
        _ => new OutputConstraint.Choice(ReadChoices(fields.Array(name)!.Value)),
    };

    private static List<string> ReadChoices(JsonElement array)
    {
        int count = array.GetArrayLength();
        return count is < 1 or > MaxChoices
            ? throw RequestFields.Refuse($"Invalid 'guided_choice': expected 1 to {MaxChoices} strings, but got {count}.", "guided_choice")
            : [.. array.EnumerateArray().Select((item, i) => RequestFields.ReadString(item, $"guided_choice[{i}]"))];
    }
}
