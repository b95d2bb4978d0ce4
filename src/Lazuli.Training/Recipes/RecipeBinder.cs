using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Lazuli.Training;

/// <summary>Turns nodes into the recipe's records by the type each value must have, collecting every problem instead of stopping at the first.</summary>
internal sealed class RecipeBinder
{
    private readonly List<RecipeProblem> _problems = [];

    /// <summary>Everything that was wrong.</summary>
    public IReadOnlyList<RecipeProblem> Problems => _problems;

    /// <summary>Binds a whole recipe; null where a problem made it impossible.</summary>
    public Recipe? Bind(RecipeNode root) => BindRecord(typeof(Recipe), root, "") as Recipe;

    /// <summary>The keys of a record of settings, as they are written.</summary>
    public static IReadOnlyList<PropertyInfo> KeysOf(Type record) =>
        [.. record.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite)];

    /// <summary>How a property is written in a recipe.</summary>
    public static string KeyOf(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>How an enumeration's value is written in a recipe.</summary>
    public static string NameOf(string member) => JsonNamingPolicy.CamelCase.ConvertName(member);

    /// <summary>Whether <paramref name="type"/> is a record of settings rather than a single value.</summary>
    public static bool IsRecord(Type type) => type.IsClass && type.Assembly == typeof(Recipe).Assembly;

    private object? BindRecord(Type type, RecipeNode node, string path)
    {
        if (node is not MappingNode mapping)
        {
            Report(node, path, $"expected keys and values; found {node.Described}.");
            return null;
        }

        object result = Activator.CreateInstance(type)!;
        IReadOnlyList<PropertyInfo> properties = KeysOf(type);
        bool sound = ReportUnknownKeys(mapping, [.. properties.Select(KeyOf)], path);
        foreach (PropertyInfo property in properties)
        {
            string key = KeyOf(property);
            if (mapping.Entries.TryGetValue(key, out RecipeNode? value))
            {
                sound &= TryBindProperty(result, property, value, Join(path, key));
            }
            else if (property.GetCustomAttribute<RequiredMemberAttribute>() is not null)
            {
                Report(node, Join(path, key), $"is missing; expected {Expected(property.PropertyType)}.");
                sound = false;
            }
        }

        return sound ? result : null;
    }

    private bool TryBindProperty(object target, PropertyInfo property, RecipeNode node, string path)
    {
        int problems = _problems.Count;
        object? value = BindValue(property, node, path);
        if (_problems.Count > problems)
        {
            return false;
        }

        if (value is not null && property.GetCustomAttribute<RangeAttribute>() is { } range && !range.IsValid(value))
        {
            Report(node, path, string.Create(CultureInfo.InvariantCulture, $"must be from {range.Minimum} to {range.Maximum}; found {node.Described}."));
            return false;
        }

        property.SetValue(target, value);
        return true;
    }

    private object? BindValue(PropertyInfo property, RecipeNode node, string path)
    {
        Type type = property.PropertyType;
        if (IsRecord(type))
        {
            return BindRecord(type, node, path);
        }

        if (type == typeof(IReadOnlyList<string>))
        {
            return BindTexts(node, path);
        }

        bool optional = Nullable.GetUnderlyingType(type) is not null
            || (type == typeof(string) && new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable);
        if (optional && node is ScalarNode { IsPlain: true, Text: "" or "~" or "null" or "Null" or "NULL" })
        {
            return null;
        }

        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        if (node is ScalarNode scalar && ScalarConversion.TryConvert(scalar, plain, out object? value))
        {
            return value;
        }

        Report(node, path, $"expected {Expected(plain)}; found {node.Described}.");
        return null;
    }

    private List<string>? BindTexts(RecipeNode node, string path)
    {
        if (node is not SequenceNode sequence)
        {
            Report(node, path, $"expected a list of texts; found {node.Described}.");
            return null;
        }

        var texts = new List<string>();
        for (int i = 0; i < sequence.Items.Count; i++)
        {
            if (sequence.Items[i] is ScalarNode item)
            {
                texts.Add(item.Text);
            }
            else
            {
                Report(sequence.Items[i], $"{path}[{i}]", $"expected text; found {sequence.Items[i].Described}.");
            }
        }

        return texts;
    }

    private bool ReportUnknownKeys(MappingNode mapping, IReadOnlyList<string> known, string path)
    {
        bool sound = true;
        foreach (string key in mapping.Entries.Keys.Where(key => !known.Contains(key)))
        {
            string? nearest = KeySuggestion.Nearest(key, known);
            string advice = nearest is null ? $"Known keys: {string.Join(", ", known)}." : $"Did you mean '{nearest}'?";
            _problems.Add(new RecipeProblem(Join(path, key), mapping.KeyPlaces[key], $"is not a key of recipes. {advice}"));
            sound = false;
        }

        return sound;
    }

    private static string Expected(Type type)
    {
        Type plain = Nullable.GetUnderlyingType(type) ?? type;
        return plain switch
        {
            _ when plain.IsEnum => "one of " + string.Join(", ", Enum.GetNames(plain).Select(NameOf)),
            _ when plain == typeof(string) => "text",
            _ when plain == typeof(bool) => "true or false",
            _ when plain == typeof(float) || plain == typeof(double) => "a number",
            _ when IsRecord(plain) => "keys and values",
            _ when plain == typeof(IReadOnlyList<string>) => "a list of texts",
            _ => "a whole number",
        };
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private void Report(RecipeNode node, string path, string message) => _problems.Add(new RecipeProblem(path, node.Place, message));
}
