using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Lazuli.Billing;
using Lazuli.Compute;
using Lazuli.Gateway;
using Lazuli.Licensing;
using Lazuli.Storage;

namespace Lazuli.Cli;

/// <summary>A setting, its value, and who set it.</summary>
internal sealed record SettingValue(string Name, string Value, string Origin)
{
    /// <summary>Its key for rooms that bind their own options.</summary>
    public string Key { get; init; } = Name.Replace('.', ':');

    /// <summary>Whether its value is for nobody's eyes.</summary>
    public bool IsSecret { get; init; }

    /// <summary>What may be shown of it.</summary>
    public string Shown => IsSecret && Value.Length > 0 ? "(secret)" : Value;
}

/// <summary>Reads the settings of an installation and remembers where each value came from: defaults, <c>config.json</c>, <c>LAZULI__Section__Key</c>, flags, the last winning.</summary>
internal sealed class SettingsReader
{
    // The one list of sections: a room's options type is bound once, here.
    private readonly Dictionary<string, object> _sections = new(StringComparer.OrdinalIgnoreCase)
    {
        [ServeSettings.Section] = new ServeSettings(),
        [EngineSettings.Section] = new EngineSettings(),
        [GatewayOptions.Section] = new GatewayOptions(),
        [AdminOptions.Section] = new AdminOptions(),
        [ComputeOptions.Section] = new ComputeOptions(),
        [StorageOptions.Section] = new StorageOptions(),
        [BillingOptions.Section] = new BillingOptions(),
        [AdmissionOptions.Section] = new AdmissionOptions(),
        [MeteringOptions.Section] = new MeteringOptions(),
        [OpenIdOptions.Section] = new OpenIdOptions(),
        [WebhookOptions.Section] = new WebhookOptions(),
    };

    private readonly Dictionary<string, (string Text, string Origin)> _given = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<SettingValue> _values = [];
    private readonly List<string> _errors = [];

    private SettingsReader()
    {
    }

    public ServeSettings Serve => (ServeSettings)_sections[ServeSettings.Section];

    public EngineSettings Engine => (EngineSettings)_sections[EngineSettings.Section];

    public GatewayOptions Gateway => (GatewayOptions)_sections[GatewayOptions.Section];

    public StorageOptions Storage => (StorageOptions)_sections[StorageOptions.Section];

    public ComputeOptions Compute => (ComputeOptions)_sections[ComputeOptions.Section];

    /// <summary>Every setting, in order of section.</summary>
    public IReadOnlyList<SettingValue> Values => _values;

    /// <summary>The file of settings in a home.</summary>
    public static string FileOf(LazuliHome home) => Path.Combine(home.Root, "config.json");

    /// <summary>Reads everything for <paramref name="home"/>; <paramref name="flags"/> (name <c>Section.Key</c>) win. All errors are told at once.</summary>
    /// <exception cref="CommandException">A source is malformed, names an unknown setting, or a value is out of range.</exception>
    public static SettingsReader Read(LazuliHome home, IReadOnlyDictionary<string, string>? flags = null)
    {
        var reader = new SettingsReader();
        reader.ReadFile(FileOf(home));
        reader.ReadEnvironment();
        foreach ((string name, string text) in flags ?? new Dictionary<string, string>())
        {
            reader._given[name] = (text, "flag");
        }

        reader.AssignAll();
        return reader._errors.Count == 0 ? reader : throw new CommandException("Bad settings: " + string.Join(" ", reader._errors), ExitCode.Usage);
    }

    /// <summary>The same values as configuration keys, for rooms that bind their own options.</summary>
    public IEnumerable<KeyValuePair<string, string?>> ToConfiguration() =>
        _values.Where(v => v.Value.Length > 0).Select(v => KeyValuePair.Create(v.Key, (string?)v.Value));

    private void AssignAll()
    {
        foreach ((string section, object target) in _sections)
        {
            foreach (PropertyInfo key in target.GetType().GetProperties())
            {
                if (IsTable(key.PropertyType))
                {
                    AssignEntries(target, key, section);
                    continue;
                }

                if (!key.CanWrite || !IsPlain(key.PropertyType) || (target is StorageOptions && key.Name == nameof(StorageOptions.Home)))
                {
                    continue; // what follows from others, and the home, which settings are read from
                }

                string name = $"{section}.{key.Name}";
                string origin = "default";
                if (_given.Remove(name, out (string Text, string Origin) source))
                {
                    origin = source.Origin;
                    Assign(target, key, name, source);
                }

                _values.Add(new SettingValue(name, Convert.ToString(key.GetValue(target), CultureInfo.InvariantCulture) ?? "", origin) { IsSecret = IsSecret(key) });
            }
        }

        foreach ((string name, (_, string origin)) in _given)
        {
            string nearest = _values.Select(v => v.Name).MinBy(k => EditDistance.Between(k.ToUpperInvariant(), name.ToUpperInvariant()))!;
            bool close = EditDistance.Between(nearest.ToUpperInvariant(), name.ToUpperInvariant()) <= 4;
            _errors.Add($"{origin}: unknown setting '{name}'{(close ? $"; did you mean '{nearest}'?" : ".")}");
        }
    }

    // A table's entries are named by who sets them, dots and all: OpenId.Roles.Lazuli.Owner.
    private void AssignEntries(object target, PropertyInfo key, string section)
    {
        string name = $"{section}.{key.Name}";
        Type type = key.PropertyType.GetGenericArguments()[1];
        var table = (System.Collections.IDictionary)key.GetValue(target)!;
        foreach (string given in _given.Keys.Where(given => given.StartsWith(name + ".", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToArray())
        {
            _given.Remove(given, out (string Text, string Origin) source);
            string entry = given[(name.Length + 1)..];
            object? value = ParseAs(type, source.Text);
            if (entry.Length == 0 || entry.Contains(':', StringComparison.Ordinal) || value is null or "")
            {
                _errors.Add($"{source.Origin}: {name} wants entries of a name without a colon and {(type == typeof(string) ? "a text" : Wanted(type))}; found '{entry}' with '{source.Text}'.");
                continue;
            }

            table[entry] = value;
            _values.Add(new SettingValue($"{name}.{entry}", source.Text, source.Origin) { Key = $"{section}:{key.Name}:{entry}" });
        }
    }

    private void Assign(object target, PropertyInfo key, string name, (string Text, string Origin) source)
    {
        Type type = Nullable.GetUnderlyingType(key.PropertyType) ?? key.PropertyType; // a setting without default is null until it is given
        object? value = ParseAs(type, source.Text);
        if (value is null)
        {
            _errors.Add($"{source.Origin}: {name} wants {Wanted(type)}; found {Found(key, source.Text)}.");
            return;
        }

        foreach (ValidationAttribute rule in key.GetCustomAttributes<ValidationAttribute>())
        {
            if (!rule.IsValid(value))
            {
                _errors.Add($"{source.Origin}: {rule.FormatErrorMessage(name)} Found {Found(key, source.Text)}.");
                return;
            }
        }

        key.SetValue(target, value);
    }

    private static bool IsTable(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IDictionary<,>) && type.GetGenericArguments() is [{ } name, { } value] && name == typeof(string) && (value == typeof(string) || value.IsEnum);

    private static bool IsPlain(Type type) => type == typeof(string) || (Nullable.GetUnderlyingType(type) ?? type).IsValueType;

    private static bool IsSecret(PropertyInfo key) => key.GetCustomAttribute<System.ComponentModel.PasswordPropertyTextAttribute>() is { Password: true };

    private static string Found(PropertyInfo key, string text) => IsSecret(key) ? "something else" : $"'{text}'";

    private static string Wanted(Type type) => type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type))}" : type == typeof(bool) ? "true or false" : type == typeof(TimeSpan) ? "a time such as 00:00:25" : type == typeof(decimal) ? "a number such as 0.25" : "a whole number";

    private static object? ParseAs(Type type, string text)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (type == typeof(int))
        {
            return int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out int number) ? number : null;
        }

        if (type == typeof(bool))
        {
            return bool.TryParse(text, out bool flag) ? flag : null;
        }

        if (type == typeof(long))
        {
            return long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out long number) ? number : null;
        }

        if (type == typeof(decimal))
        {
            return decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, invariant, out decimal number) ? number : null;
        }

        if (type == typeof(TimeSpan))
        {
            return TimeSpan.TryParse(text, invariant, out TimeSpan span) ? span : null;
        }

        if (type.IsEnum)
        {
            return Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? Enum.Parse(type, text, ignoreCase: true) : null;
        }

        return type == typeof(string) ? text : throw new NotSupportedException($"A setting of type {type.Name}.");
    }

    private void ReadFile(string path)
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
                    if (key.Value.ValueKind != JsonValueKind.Object)
                    {
                        _given[$"{section.Name}.{key.Name}"] = (key.Value.ToString(), path);
                        continue;
                    }

                    foreach (JsonProperty entry in key.Value.EnumerateObject())
                    {
                        _given[$"{section.Name}.{key.Name}.{entry.Name}"] = (entry.Value.ToString(), path);
                    }
                }
            }
        }
        catch (JsonException e)
        {
            _errors.Add($"{path}: line {e.LineNumber + 1}: not JSON.");
        }
        catch (InvalidOperationException)
        {
            _errors.Add($"{path}: expected an object of sections, each an object of settings or of tables of them, such as {{\"Serve\":{{\"Port\":8080}}}}.");
        }
    }

    private void ReadEnvironment()
    {
        const string Prefix = "LAZULI__";
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            string name = (string)variable.Key;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            {
                _given[name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal)] = ((string?)variable.Value ?? string.Empty, name);
            }
        }
    }
}
