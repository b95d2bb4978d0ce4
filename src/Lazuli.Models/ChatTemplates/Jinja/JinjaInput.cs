using System.Collections;
using System.Text.Json;

namespace Lazuli.Models;

/// <summary>Values from outside as values of a template. Strings count as given, but for <see cref="TemplateText"/>.</summary>
internal static class JinjaInput
{
    private const int MaxDepth = 100;

    public static object? Convert(object? value, int depth = 0)
    {
        if (depth > MaxDepth)
        {
            throw new ArgumentException($"Values nest at most {MaxDepth} deep.", nameof(value));
        }

        return value switch
        {
            null => null,
            string text => JinjaText.Given(text),
            TemplateText text => JinjaText.Written(text.Text),
            bool or long or double => value,
            int number => (long)number,
            short or byte or sbyte or ushort or uint => System.Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture),
            float number => (double)number,
            JsonElement element => FromJson(element, depth),
            IEnumerable<KeyValuePair<string, object?>> entries => FromEntries(entries, depth),
            IEnumerable items => new JinjaList([.. items.Cast<object?>().Select(item => Convert(item, depth + 1))]),
            _ => throw new ArgumentException($"A template takes strings, numbers, booleans, lists, dictionaries and JSON; got {value.GetType().Name}.", nameof(value)),
        };
    }

    private static JinjaDict FromEntries(IEnumerable<KeyValuePair<string, object?>> entries, int depth)
    {
        var dict = new JinjaDict();
        foreach ((string key, object? value) in entries)
        {
            dict.Set(JinjaText.Given(key), Convert(value, depth + 1));
        }

        return dict;
    }

    private static object? FromJson(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return FromEntries(element.EnumerateObject().Select(property => KeyValuePair.Create<string, object?>(property.Name, property.Value)), depth);
            case JsonValueKind.Array:
                return new JinjaList([.. element.EnumerateArray().Select(item => Convert(item, depth + 1))]);
            case JsonValueKind.String:
                return JinjaText.Given(element.GetString()!);
            case JsonValueKind.Number:
                return element.TryGetInt64(out long integer) ? (object)integer : element.GetDouble();
            case JsonValueKind.True or JsonValueKind.False:
                return element.GetBoolean();
            default:
                return null;
        }
    }
}
