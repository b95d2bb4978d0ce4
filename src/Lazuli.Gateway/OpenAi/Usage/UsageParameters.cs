using System.Globalization;
using Lazuli.Contracts;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Lazuli.Gateway;

/// <summary>The query of a report, checked: every name is known and every value within its bounds, or the request is refused and told where.</summary>
/// <remarks>A list is a parameter given several times; OpenAI's clients write its name with <c>[]</c> behind.</remarks>
internal sealed class UsageParameters
{
    private const int MostValues = 100;
    private const int LongestValue = 200;
    private static readonly DateTimeOffset s_last = new(2200, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    /// <param name="query">What came.</param>
    /// <param name="known">Names that the route has.</param>
    public UsageParameters(IQueryCollection query, params ReadOnlySpan<string> known)
    {
        foreach ((string key, StringValues values) in query)
        {
            string name = key.EndsWith("[]", StringComparison.Ordinal) ? key[..^2] : key;
            if (!known.Contains(name))
            {
                throw Refuse($"There is no parameter '{Shorten(name)}' here; known are {string.Join(", ", known.ToArray())}.", Shorten(name));
            }

            if (!_values.TryGetValue(name, out List<string>? list))
            {
                _values.Add(name, list = []);
            }

            foreach (string? value in values)
            {
                if (list.Count == MostValues || string.IsNullOrEmpty(value) || value.Length > LongestValue)
                {
                    throw Refuse(Text($"'{name}' takes at most {MostValues} values of 1 to {LongestValue} characters."), name);
                }

                list.Add(value);
            }
        }
    }

    /// <summary>All values of a list.</summary>
    public IReadOnlyList<string> List(string name) => _values.TryGetValue(name, out List<string>? list) ? list : [];

    /// <summary>A value that may come once; null when it does not come.</summary>
    public string? Single(string name) => List(name) switch
    {
        [] => null,
        [string value] => value,
        _ => throw Refuse($"'{name}' may be given once.", name),
    };

    /// <summary>Whether it comes.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>A whole number; null when it does not come.</summary>
    public int? Number(string name, int fewest, int most)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= fewest && number <= most
            ? number
            : throw Refuse(Text($"'{name}' is '{Shorten(text)}'; it must be a whole number from {fewest} to {most}."), name);
    }

    /// <summary>A time in seconds since 1970; null when it does not come.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Single(name) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= s_last.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : throw Refuse($"'{name}' is '{Shorten(text)}'; it must be a time in whole seconds since 1970-01-01 UTC.", name);
    }

    /// <summary>Yes or no; null when it does not come.</summary>
    public bool? Switch(string name) => Single(name) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        { } other => throw Refuse($"'{name}' is '{Shorten(other)}'; it must be true or false.", name),
    };

    /// <summary>One of some words; null when it does not come.</summary>
    public string? OneOf(string name, params ReadOnlySpan<string> words) =>
        Single(name) is not { } word ? null : words.Contains(word) ? word : throw Refuse($"'{name}' is '{Shorten(word)}'; it must be one of {string.Join(", ", words.ToArray())}.", name);

    /// <summary>Groups by their names; several may stand in one value, with commas between.</summary>
    public UsageGroups Groups(params ReadOnlySpan<(string Name, UsageGroups Group)> known)
    {
        UsageGroups groups = UsageGroups.None;
        foreach (string word in List("group_by").SelectMany(value => value.Split(',')))
        {
            int found = -1;
            for (int i = 0; i < known.Length && found < 0; i++)
            {
                found = known[i].Name == word ? i : -1;
            }

            groups |= found >= 0 ? known[found].Group : throw Refuse($"'group_by' is '{Shorten(word)}'; it must be one of {string.Join(", ", known.ToArray().Select(k => k.Name))}.", "group_by");
        }

        return groups;
    }

    public static RequestRefusedException Refuse(string message, string? param) => new(OpenAiError.Invalid(message, param));

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
