using System.Globalization;
using System.Text.Json;
using Lazuli.Models;

namespace Lazuli.Training;

/// <summary>Reads one line of a .jsonl corpus in any of the shapes the field uses.</summary>
internal static class JsonLine
{
    private const string Shapes = "an object with text; messages or conversations; instruction, input and output; or prompt and completion";

    /// <summary>The document in a line.</summary>
    /// <exception cref="CorpusFormatException">The line is not JSON, or of no known shape.</exception>
    public static RawDocument Read(string path, string name, long number, string line)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"line {number}");
        string id = string.Create(CultureInfo.InvariantCulture, $"{name}#{number}");
        JsonDocument json;
        try
        {
            json = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw new CorpusFormatException(path, place, "one JSON object", e.Message, e);
        }

        using (json)
        {
            try
            {
                return Interpret(path, place, id, json.RootElement);
            }
            catch (InvalidOperationException e)
            {
                // A lone surrogate written as \uD800: JSON allows it, text does not.
                throw new CorpusFormatException(path, place, "valid text in every string", e.Message, e);
            }
        }
    }

    private static RawDocument Interpret(string path, string place, string id, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CorpusFormatException(path, place, Shapes, $"a JSON {root.ValueKind}");
        }

        if (root.TryGetProperty("text", out JsonElement text))
        {
            return new RawDocument(id, id, null, Text(path, $"{place}, text", text));
        }

        if (root.TryGetProperty("messages", out JsonElement turns) || root.TryGetProperty("conversations", out turns))
        {
            return Dialogue(path, place, id, Turns(path, place, turns));
        }

        if (root.TryGetProperty("instruction", out JsonElement instruction) && root.TryGetProperty("output", out JsonElement output))
        {
            string question = Text(path, $"{place}, instruction", instruction);
            string input = root.TryGetProperty("input", out JsonElement given) && given.ValueKind != JsonValueKind.Null ? Text(path, $"{place}, input", given) : "";
            question = input.Length == 0 ? question : $"{question}\n\n{input}";
            return Dialogue(path, place, id, [new ChatTurn("user", question), new ChatTurn("assistant", Text(path, $"{place}, output", output))]);
        }

        if (root.TryGetProperty("prompt", out JsonElement prompt) && root.TryGetProperty("completion", out JsonElement completion))
        {
            ChatTurn[] pair = [new("user", Text(path, $"{place}, prompt", prompt)), new("assistant", Text(path, $"{place}, completion", completion))];
            return Dialogue(path, place, id, pair);
        }

        string fields = string.Join(", ", root.EnumerateObject().Select(p => p.Name).Take(8));
        throw new CorpusFormatException(path, place, Shapes, fields.Length == 0 ? "an empty object" : $"the fields {fields}");
    }

    private static List<ChatTurn> Turns(string path, string place, JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array)
        {
            throw new CorpusFormatException(path, place, "an array of turns", $"a JSON {array.ValueKind}");
        }

        var turns = new List<ChatTurn>();
        foreach (JsonElement turn in array.EnumerateArray())
        {
            string where = string.Create(CultureInfo.InvariantCulture, $"{place}, turn {turns.Count + 1}");
            if (turn.ValueKind != JsonValueKind.Object
                || !(turn.TryGetProperty("role", out JsonElement role) || turn.TryGetProperty("from", out role))
                || !(turn.TryGetProperty("content", out JsonElement content) || turn.TryGetProperty("value", out content)))
            {
                throw new CorpusFormatException(path, where, "an object with role and content, or from and value", $"a JSON {turn.ValueKind} without them");
            }

            string name = Text(path, where, role);
            string known = name switch
            {
                "system" => "system",
                "user" or "human" => "user",
                "assistant" or "gpt" => "assistant",
                _ => throw new CorpusFormatException(path, where, "a role of system, user (human) or assistant (gpt)", $"'{name}'"),
            };
            turns.Add(new ChatTurn(known, Text(path, where, content)));
        }

        return turns;
    }

    private static RawDocument Dialogue(string path, string place, string id, IReadOnlyList<ChatTurn> turns)
    {
        if (!turns.Any(t => t.Role == "assistant" && t.Content.Length > 0))
        {
            throw new CorpusFormatException(path, place, "a dialogue in which the assistant says something", "none");
        }

        // Dialogues that begin with the same question stay on one side of the split.
        return new RawDocument(id, turns.First(t => t.Role != "system").Content, turns, null);
    }

    private static string Text(string path, string place, JsonElement element) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw new CorpusFormatException(path, place, "a string", $"a JSON {element.ValueKind}");
}
