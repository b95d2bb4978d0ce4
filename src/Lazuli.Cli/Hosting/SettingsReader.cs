using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Lazuli.Cli;

/// <summary>A setting, its value, and who set it.</summary>
internal sealed record SettingValue(string Name, object Value, string Origin);

/// <summary>Reads settings from their sources and remembers where each value came from. All errors are told at once.</summary>
internal static class SettingsReader
{
    /// <summary>Reads everything for <paramref name="home"/>; <paramref name="flags"/> win (name <c>Section.Key</c>).</summary>
    /// <exception cref="CommandException">A source is malformed, names an unknown setting, or a value is out of range.</exception>
    public static (LazuliSettings Settings, IReadOnlyList<SettingValue> Values) Read(LazuliHome home, IReadOnlyDictionary<string, string>? flags = null)
    {
        var settings = new LazuliSettings();
        var errors = new List<string>();
        Dictionary<string, (string Text, string Origin)> given = new(StringComparer.OrdinalIgnoreCase);
        ReadFile(home.ConfigFile, given, errors);
        ReadEnvironment(given);
        foreach ((string name, string text) in flags ?? new Dictionary<string, string>())
        {
            given[name] = (text, "flag");
        }

        var values = new List<SettingValue>();
        foreach (PropertyInfo section in typeof(LazuliSettings).GetProperties())
        {
            object target = section.GetValue(settings)!;
            foreach (PropertyInfo key in section.PropertyType.GetProperties())
            {
                string name = $"{section.Name}.{key.Name}";
                string origin = "default";
                if (given.Remove(name, out (string Text, string Origin) source))
                {
                    origin = source.Origin;
                    Assign(target, key, name, source, errors);
                }

                values.Add(new SettingValue(name, key.GetValue(target)!, origin));
            }
        }

        foreach ((string name, (_, string origin)) in given)
        {
            errors.Add($"{origin}: unknown setting '{name}'{Nearest(name, values.Select(v => v.Name))}");
        }

        if (errors.Count > 0)
        {
            throw new CommandException("Bad settings: " + string.Join(" ", errors), ExitCode.Usage);
        }

        return (settings, values);
    }

    private static void Assign(object target, PropertyInfo key, string name, (string Text, string Origin) source, List<string> errors)
    {
        object? value = source.Text;
        if (key.PropertyType == typeof(int))
        {
            value = int.TryParse(source.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number : null;
        }

        if (value is null)
        {
            errors.Add($"{source.Origin}: {name} wants a whole number; found '{source.Text}'.");
            return;
        }

        foreach (ValidationAttribute rule in key.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                errors.Add($"{source.Origin}: {rule.FormatErrorMessage(name)} Found '{source.Text}'.");
                return;
            }
        }

        key.SetValue(target, value);
    }

    private static void ReadFile(string path, Dictionary<string, (string Text, string Origin)> given, List<string> errors)
    {
        if (!File.Exists(path))
        {
            return;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            foreach (JsonProperty section in document.RootElement.EnumerateObject())
            {
                foreach (JsonProperty key in section.Value.EnumerateObject())
                {
                    given[$"{section.Name}.{key.Name}"] = (key.Value.ToString(), path);
                }
            }
        }
        catch (JsonException e)
        {
            errors.Add($"{path}: line {e.LineNumber + 1}: not JSON.");
        }
        catch (InvalidOperationException)
        {
            errors.Add($"{path}: expected an object of sections, each an object of settings, such as {{\"Serve\":{{\"Port\":8080}}}}.");
        }
    }

    private static void ReadEnvironment(Dictionary<string, (string Text, string Origin)> given)
    {
        const string Prefix = "LAZULI__";
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                given[name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal)] = ((string?)variable.Value ?? string.Empty, name);
            }
        }
    }

    private static string Nearest(string name, IEnumerable<string> known)
    {
        string best = known.MinBy(k => EditDistance.Between(k.ToUpperInvariant(), name.ToUpperInvariant()))!;
        return EditDistance.Between(best.ToUpperInvariant(), name.ToUpperInvariant()) <= 4 ? $"; did you mean '{best}'?" : ".";
    }
}
